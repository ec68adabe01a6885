"""Who lives in the demo world, and what is sold there. Everybody is invented; all numbers have right check digits."""

from __future__ import annotations

from dataclasses import dataclass

from purveyor.catalog.types import Terms
from purveyor.parties.types import Address, CustomerInput

# Printed by `make demo` for everybody to read: a login of a sandbox on one's own machine.
PASSWORD = "purveyor-demo-2026"  # noqa: S105


@dataclass(frozen=True)
class Somebody:
    """An organization of the cast."""

    key: str
    name: str
    country: str
    language: str
    line1: str
    postal_code: str
    city: str
    vat_number: str = ""
    currency: str = "EUR"
    bill_to: str = "customer"
    region: str = ""

    def given(self) -> CustomerInput:
        """As the commands take it."""
        return CustomerInput(
            name=self.name,
            country=self.country,
            email=f"office@{self.key}.example",
            language=self.language,
            address=Address(self.line1, self.city, self.postal_code, "", self.region),
            vat_number=self.vat_number,
            bill_to="reseller" if self.bill_to == "reseller" else "customer",
            currency=self.currency,
        )


OPERATOR = Somebody(
    "nordlicht",
    "Nordlicht Distribution AB",
    "SE",
    "en",
    "Birger Jarlsgatan 57",
    "113 56",
    "Stockholm",
    "SE920625220801",
)
OPERATOR_IBAN = "SE4550000000058398257466"

RESELLER = Somebody(
    "adlerit", "Adler IT Systemhaus GmbH", "DE", "de", "Lindenstraße 14", "10969", "Berlin", "DE342366712"
)
OTHER_RESELLER = Somebody(
    "solynube", "Sol y Nube Servicios SL", "ES", "es", "Calle de Alcalá 96", "28009", "Madrid", "ESB26565150"
)

# Customers of the German reseller.
ADLER = (
    Somebody(
        "lindnerpartner",
        "Lindner & Partner Steuerberater",
        "DE",
        "de",
        "Kantstraße 3",
        "10623",
        "Berlin",
        "DE676122202",
    ),
    Somebody(
        "wagnerbau", "Wagner Bau GmbH", "DE", "de", "Industriestr. 41", "70565", "Stuttgart", "DE532650201"
    ),
    Somebody("praxisseidel", "Praxis Dr. Seidel", "DE", "de", "Marktplatz 8", "99084", "Erfurt"),
    Somebody(
        "moreaufils", "Moreau et Fils SARL", "FR", "fr", "12 rue des Carmes", "69002", "Lyon", "FR17185119393"
    ),
    Somebody("atelierblanc", "Atelier Blanc", "FR", "fr", "4 quai Voltaire", "75007", "Paris"),
    Somebody(
        "studiorinaldi",
        "Studio Legale Rinaldi",
        "IT",
        "it",
        "Via Dante 22",
        "20121",
        "Milano",
        "IT70636060710",
        region="MI",
    ),
    Somebody(
        "caldasystems",
        "Calda Systems S.r.l.",
        "IT",
        "it",
        "Corso Francia 110",
        "10143",
        "Torino",
        "IT24966850273",
        region="TO",
    ),
    Somebody(
        "hafenkontor",
        "Hafenkontor Hansen KG",
        "DE",
        "de",
        "Am Sandtorkai 30",
        "20457",
        "Hamburg",
        "DE520561748",
        bill_to="reseller",
    ),
    Somebody("brightwater", "Brightwater Studios Ltd", "GB", "en", "18 Clifton Street", "EC2A 4HT", "London"),
    Somebody(
        "osterlenform",
        "Österlen Form AB",
        "SE",
        "en",
        "Storgatan 11",
        "272 31",
        "Simrishamn",
        "SE549083832201",
    ),
    Somebody(
        "gutshofkeller", "Gutshof Keller", "AT", "de", "Weinberggasse 5", "3500", "Krems", "ATU20952146"
    ),
    Somebody("veloverkehr", "Velo & Verkehr e.V.", "DE", "de", "Gneisenaustr. 67", "10961", "Berlin"),
)

# Customers of the Spanish reseller.
SOL = (
    Somebody(
        "huertadelmar",
        "Huerta del Mar SA",
        "ES",
        "es",
        "Avenida del Puerto 45",
        "46023",
        "Valencia",
        "ESB46853560",
    ),
    Somebody("clinicarivas", "Clínica Rivas", "ES", "es", "Gran Vía 12", "48001", "Bilbao", "ESB92470822"),
    Somebody(
        "islaazul",
        "Isla Azul Viajes SL",
        "ES",
        "es",
        "Calle Triana 80",
        "35002",
        "Las Palmas de Gran Canaria",
        "ESB45074952",
    ),
    Somebody(
        "talleresmonterrey",
        "Talleres Monterrey SA de CV",
        "MX",
        "es",
        "Av. Constitución 411",
        "64000",
        "Monterrey",
        region="NLE",
    ),
    Somebody("cafetaxco", "Café Taxco", "MX", "es", "Plaza Borda 2", "40200", "Taxco", region="GRO"),
    Somebody(
        "librairiedupont",
        "Librairie du Pont",
        "FR",
        "fr",
        "3 place Bellecour",
        "69002",
        "Lyon",
        "FR39592723068",
    ),
    Somebody(
        "officinaverdi",
        "Officina Verdi S.n.c.",
        "IT",
        "it",
        "Via Emilia 190",
        "40100",
        "Bologna",
        "IT43001960376",
        region="BO",
    ),
    Somebody("northgate", "Northgate Surveyors LLP", "GB", "en", "7 Mosley Street", "NE1 1YE", "Newcastle"),
    # What these two buy is billed to the reseller, once a month.
    Somebody(
        "bodegaaltamira",
        "Bodega Altamira SL",
        "ES",
        "es",
        "Calle Laurel 21",
        "26001",
        "Logroño",
        "ESB90273970",
        bill_to="reseller",
    ),
    Somebody(
        "talleresibarra",
        "Talleres Ibarra SL",
        "ES",
        "es",
        "Calle Iparraguirre 7",
        "48009",
        "Bilbao",
        "ESB38093050",
        bill_to="reseller",
    ),
)

# The operator's direct customers, under its house reseller: two in kronor, one in euro.
DIRECT = (
    Somebody(
        "fjallbackafisk",
        "Fjällbacka Fisk AB",
        "SE",
        "en",
        "Hamngatan 2",
        "457 40",
        "Fjällbacka",
        "SE972613363101",
        "SEK",
    ),
    Somebody(
        "skogsmark", "Skogsmark Arkitekter", "SE", "en", "Linnégatan 18", "413 04", "Göteborg", "", "SEK"
    ),
    Somebody(
        "tuliptravel",
        "Tulip Travel B.V.",
        "NL",
        "en",
        "Herengracht 182",
        "1016 BR",
        "Amsterdam",
        "NL095934753B01",
    ),
)

# A customer of the German reseller that came yesterday. Its number is one of docs/reference/vies-test-numbers.md: the
# service of its state is down.
UNKNOWN = Somebody(
    "kanzleivogt", "Kanzlei Vogt", "DE", "de", "Sögestraße 20", "28195", "Bremen", "DE100003017"
)
CUSTOMERS = (*ADLER, *SOL, *DIRECT, UNKNOWN)


@dataclass(frozen=True)
class Ware:
    """A plan with its price for a month and for a year in cents and in öre; 0 means that it is not sold so."""

    vendor: str
    vendor_name: str
    product: str
    product_name: str
    plan: str
    plan_name: str
    rank: int
    month: int
    year: int
    month_sek: int
    year_sek: int
    trial_days: int = 0


WARES = (
    Ware(
        "lockbox", "Lockbox", "lockbox", "Lockbox", "business", "Business", 1, 1200, 12000, 13900, 139000, 30
    ),
    Ware("sealedmail", "SealedMail", "sealedmail", "SealedMail", "eco", "Eco", 1, 400, 4200, 4600, 48600, 30),
    Ware(
        "sealedmail",
        "SealedMail",
        "sealedmail",
        "SealedMail",
        "advanced",
        "Advanced",
        2,
        750,
        7900,
        8700,
        91400,
    ),
    Ware("sealedmail", "SealedMail", "sealedmail", "SealedMail", "pro", "Pro", 3, 1150, 12100, 13300, 139900),
    Ware(
        "microsoft",
        "Microsoft",
        "m365",
        "Microsoft 365",
        "business-basic",
        "Business Basic",
        1,
        670,
        6720,
        7700,
        77700,
    ),
    Ware(
        "microsoft",
        "Microsoft",
        "m365",
        "Microsoft 365",
        "business-standard",
        "Business Standard",
        2,
        1400,
        14040,
        16200,
        162400,
    ),
    Ware(
        "microsoft",
        "Microsoft",
        "m365",
        "Microsoft 365",
        "business-premium",
        "Business Premium",
        3,
        2460,
        24720,
        28500,
        285900,
    ),
)

# The supplier of Microsoft 365 bills on the 26th, and wants its money before.
PREPAID = frozenset({"microsoft"})


def terms_of(ware: Ware) -> Terms:
    """The terms under which it is sold: paid at the end of the term, or before the next one begins."""
    if ware.vendor not in PREPAID:
        return Terms(trial_days=ware.trial_days)
    return Terms(
        trial_days=ware.trial_days,
        prepay=True,
        cut_off_day=26,
        cut_off_min_days=5,
        cut_off_zone="America/Mexico_City",
    )


FIRST_NAMES = (
    "Anna",
    "Jonas",
    "Sofia",
    "Lukas",
    "Clara",
    "Mateo",
    "Giulia",
    "Paul",
    "Elena",
    "Noah",
    "Camille",
    "Hugo",
    "Marta",
    "Felix",
    "Ines",
    "Oscar",
    "Lucia",
    "Emil",
    "Nora",
    "Bruno",
    "Alice",
    "Simon",
    "Carla",
    "Tom",
)
LAST_NAMES = (
    "Berg",
    "Rossi",
    "Garcia",
    "Weber",
    "Petit",
    "Lind",
    "Moretti",
    "Navarro",
    "Schulz",
    "Laurent",
    "Holm",
    "Conti",
    "Vega",
    "Keller",
    "Dubois",
    "Nyman",
    "Greco",
    "Ortiz",
    "Vogel",
    "Marchand",
)

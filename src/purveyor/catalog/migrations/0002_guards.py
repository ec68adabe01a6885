"""Who may write the catalog, the isolation of discounts, and price lists that never overlap."""

from django.db import migrations

from purveyor.infra import rls

# An exclusion constraint would need the extension btree_gist. The lock makes two writers of one currency
# take turns, so that neither overlooks the other's row.
_NO_OVERLAP = """
CREATE FUNCTION catalog_refuse_overlap() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('catalog_pricelist'), hashtext(NEW.currency));
  IF EXISTS (SELECT FROM catalog_pricelist p WHERE p.currency = NEW.currency AND p.id <> NEW.id
             AND daterange(p.valid_from, p.valid_to) && daterange(NEW.valid_from, NEW.valid_to)) THEN
    RAISE EXCEPTION 'two price lists in % would hold on one day', NEW.currency
      USING ERRCODE = 'exclusion_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER catalog_pricelist_no_overlap BEFORE INSERT OR UPDATE ON catalog_pricelist
  FOR EACH ROW EXECUTE FUNCTION catalog_refuse_overlap();
"""


class Migration(migrations.Migration):
    dependencies = [("catalog", "0001_initial"), ("infra", "0002_guards")]
    operations = [
        *(
            rls.reference(f"catalog_{name}")
            for name in ("vendor", "product", "plan", "offer", "pricelist", "price")
        ),
        rls.protect("catalog_discount", "reseller"),
        rls.immutable(
            "catalog_offer", columns=("id", "code", "plan_id", "term_months", "billing_months", "terms")
        ),
        rls.immutable("catalog_pricelist", columns=("id", "code", "currency", "valid_from")),
        migrations.RunSQL(
            sql=_NO_OVERLAP,
            reverse_sql=[
                "DROP TRIGGER catalog_pricelist_no_overlap ON catalog_pricelist",
                "DROP FUNCTION catalog_refuse_overlap()",
            ],
        ),
    ]

"""Pure decisions of a sale: composing a quote, who pays, what an order may become."""

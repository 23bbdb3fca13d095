-- What an invoice says of the tax on a line: what the shop called it, and why it was taxed so. Rows from before have
-- none of it, and their invoices say what they did.
alter table order_lines
    add column tax_title text,
    -- taxed, zero, exempt, reverse_charge, outside, untaxed: orders/pricing/domain/priced.py.
    add column treatment text;
alter table order_lines add constraint order_lines_treatment check (
    treatment in ('taxed', 'zero', 'exempt', 'reverse_charge', 'outside', 'untaxed')
    and (treatment = 'taxed') = (tax_rate > 0)
) not valid;

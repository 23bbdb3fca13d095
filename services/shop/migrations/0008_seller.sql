-- Who sells, in the words of law: what invoices name. All of it or nothing is set here.
alter table profile
    add column seller_name text,
    add column seller_lines text[],
    add column seller_vat_id text,
    add column seller_email text,
    add column seller_registration text,
    add constraint profile_seller_whole check (
        (seller_name is null) = (seller_lines is null)
        and (seller_name is not null or coalesce(seller_vat_id, seller_email, seller_registration) is null)
    ) not valid,
    add constraint profile_seller_short check (
        length(seller_name) between 1 and 100 and cardinality(seller_lines) <= 8
        and length(array_to_string(seller_lines, '')) <= 800 and length(seller_vat_id) between 1 and 40
        and length(seller_email) between 3 and 254 and length(seller_registration) between 1 and 200
    ) not valid;

-- Where an order goes, who is billed and where mails about it go can be changed until something of it is sent, and not
-- once it has ended. The code decides it under the lock of the order's row; this is so whoever writes.
create function check_order_edit() returns trigger language plpgsql as $$
begin
    if (new.email, new.shipping_address, new.billing_address, new.vat_id)
            is distinct from (old.email, old.shipping_address, old.billing_address, old.vat_id)
       and (old.status in ('cancelling', 'cancelled')
            or exists (select from order_progress p where p.order_id = old.id and p.fulfilled > 0)) then
        raise exception 'order % has ended, or pieces of it were sent', old.number
            using errcode = 'check_violation', constraint = 'orders_edits_before_sending', table = 'orders';
    end if;
    return new;
end
$$;
-- A trigger of columns runs only for statements that name one of them: no other change of an order pays for it.
create trigger orders_edits_before_sending before update of email, shipping_address, billing_address, vat_id on orders
    for each row execute function check_order_edit();

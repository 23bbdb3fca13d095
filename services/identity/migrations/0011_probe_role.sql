-- The role of the synthetic shopper. The new check holds wherever the old one held.
-- squawk-ignore ban-drop-constraint
alter table accounts drop constraint accounts_roles_known;
alter table accounts add constraint accounts_roles_known check (
    roles <@ array['customer', 'support', 'merchandiser', 'admin', 'probe'] and cardinality(roles) > 0
) not valid;

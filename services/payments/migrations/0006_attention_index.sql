-- no-transaction
-- Staff's list of what a person has to look at, newest first: few of all payments.
create index concurrently if not exists payments_attention on payments (created_at desc, id desc)
where attention is not null;

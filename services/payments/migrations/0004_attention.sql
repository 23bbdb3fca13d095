-- What the creation of a payment's intent needs of its order (number, address, receipt): forgotten once there is one.
alter table payments add column details json;
-- Why a person has to look at a payment, what to do, and since when.
alter table payments add column attention text;
alter table payments add column attention_detail text;
alter table payments add column attention_at timestamptz;

-- When staff were last told of something by mail.
create table staff_notices (
    subject text primary key check (length(subject) between 1 and 200),
    told_at timestamptz not null default now()
);

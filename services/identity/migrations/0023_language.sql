-- The language of the mails to an account, or to an address that asks for one; none: the shop's first.
alter table accounts add column language text;
alter table accounts add constraint accounts_language_known check (language in ('en', 'de')) not valid;
alter table registrations add column language text;
alter table registrations add constraint registrations_language_known check (language in ('en', 'de')) not valid;

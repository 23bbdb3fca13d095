-- What was searched for in vain, by day (UTC). Terms that could be about a person are not kept: catalog/domain/terms.py.
create table searches_without_result (
    day date not null,
    term text not null check (length(term) between 1 and 40),
    searches bigint not null check (searches > 0),
    primary key (day, term)
);

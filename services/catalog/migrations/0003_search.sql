-- What people search and sort by. All of it is computed here, from stored text and from what is asked by the same functions,
-- so that the two cannot differ. Collations are named: the database's own may be another on each machine.

-- In distances between words. A trusted extension: the database's owner may install it.
create extension if not exists fuzzystrmatch;

-- Without case, accents, vowel points, apostrophes and width; ß is ss, ø is o, æ is ae. The marks of scripts that write
-- vowels with them (Thai, Devanagari) and of kana stay.
create function search_fold(words text) returns text
    language sql immutable parallel safe
    return case when octet_length(words) = length(words) then
        -- Of ASCII, as most is: the same, sooner.
        lower(translate(words collate "pg_unicode_fast", '''`', ''))
    else translate(
        replace(replace(replace(
            normalize(
                casefold(regexp_replace(
                    normalize(translate(words collate "pg_unicode_fast", '´™℠®©', ''''), nfkd),
                    '[''`\u02b9-\u02bf\u055a\u05f3\u2018-\u201b\u2032'
                    '\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670'
                    '\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f'
                    '\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]',
                    '', 'g'
                )),
                nfc
            ),
            'æ', 'ae'), 'œ', 'oe'), 'þ', 'th'),
        -- Letters that are no others with a mark; Arabic and Persian ones that are written for each other; then the digits
        -- of Arabic, Persian, Thai and Devanagari.
        E'łøđħıŧðŋĸɨʉəɓɗƒɠƙɲƥƭʋƴґє\u0649\u06cc\u06a9\u06d5\u0629'
        '\u0660\u0661\u0662\u0663\u0664\u0665\u0666\u0667\u0668\u0669'
        '\u06f0\u06f1\u06f2\u06f3\u06f4\u06f5\u06f6\u06f7\u06f8\u06f9'
        '\u0e50\u0e51\u0e52\u0e53\u0e54\u0e55\u0e56\u0e57\u0e58\u0e59'
        '\u0966\u0967\u0968\u0969\u096a\u096b\u096c\u096d\u096e\u096f',
        E'lodhitdnkiuebdfgknptvyге\u064a\u064a\u0643\u0647\u0647'
        '0123456789012345678901234567890123456789'
    ) end;

-- Its words in their order. Text of scripts that write without spaces, and Korean, is cut off from what surrounds it.
create function search_words(folded text) returns text[]
    language sql immutable strict parallel safe
    return array_remove(
        string_to_array(
            regexp_replace(
                regexp_replace(folded collate "pg_c_utf8", '[[:space:][:punct:][:cntrl:]]+', ' ', 'g'),
                '([\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3130-\u318f\u31f0-\u31ff'
                '\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]+)',
                ' \1 ', 'g'
            ),
            ' '
        ),
        ''
    );

create function search_unspaced(word text) returns boolean
    language sql immutable parallel safe
    return octet_length(word) > length(word) and word collate "pg_c_utf8" ~ (
        '^[\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3130-\u318f\u31f0-\u31ff'
        '\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]'
    );

-- Each word, and its English stem, so that "rings" finds "ring"; each two words of the title as one, so that "tshirt"
-- finds "T-Shirt"; of unspaced text each two characters at their place, so that any part of it is found.
create function search_vector(title text, others text, description_html text) returns tsvector
    language plpgsql immutable strict parallel safe set search_path = public, pg_temp as $$
declare
    of_title constant text[] := search_words(left(search_fold(title), 2000));
    words constant text[] := of_title
        || search_words(left(search_fold(left(others, 20000)), 20000))
        || search_words(left(search_fold(
            regexp_replace(left(description_html, 20000), '<[^>]*>|&[a-z]+;', ' ', 'g')
        ), 20000));
    spaced constant text[] := array(select left(word, 100) from unnest(words) as word where not search_unspaced(word));
    found tsvector := array_to_tsvector(
        spaced
        || array(select unnest(ts_lexize('pg_catalog.english_stem', word)) from unnest(spaced) as word)
        || array(
            select left(word || next, 100)
            from (
                select word, lead(word) over (order by place) as next
                from unnest(of_title) with ordinality as words (word, place)
            ) as pairs
            where not search_unspaced(word) and not search_unspaced(next)
        )
    );
begin
    if cardinality(spaced) < cardinality(words) then
        found := found || (
            select string_agg('''' || trim(character || next) || ''':' || least(place, 16383), ' ')
            from (
                select character, place, lead(character, 1, ' ') over (order by place) as next
                from string_to_table(
                    (select string_agg(word, ' ') from unnest(words) as word where search_unspaced(word)), null
                ) with ordinality as characters (character, place)
            ) as characters
            where character <> ' '
        )::tsvector;
    end if;
    return found;
end
$$;

-- What titles are sorted by: letters without case and accents, numbers by their value; accents tell apart what is equal
-- without them. Sorted by code points, in the order of the scripts.
create function search_sort_key(title text) returns text
    language sql immutable strict parallel safe
    return left(
        regexp_replace(
            regexp_replace(
                array_to_string(search_words(search_fold(title)), ' '), '([0-9]+)', '00000000000000000000\1', 'g'
            ),
            '[0-9]*([0-9]{20})', '\1', 'g'
        ),
        300
    ) || chr(1) || left(casefold(normalize(title, nfc) collate "pg_unicode_fast"), 100);

-- An SKU without case, spaces and punctuation.
create function search_sku(sku text) returns text
    language sql immutable strict parallel safe
    return regexp_replace(
        search_fold(sku) collate "pg_c_utf8", '[[:space:][:punct:][:cntrl:]]+', '', 'g'
    );

-- A word's first seven letters, and what is left of them without one, or two: of two words that are so near each other,
-- these have something in common.
create function search_neighbours(word text, edits integer) returns text[]
    language plpgsql immutable strict parallel safe set search_path = public, pg_temp as $$
declare
    start constant text := left(word, 7);
begin
    return array(
        select start
        union
        select left(start, one - 1) || substr(start, one + 1) from generate_series(1, length(start)) as one
        union
        select left(start, one - 1) || substr(start, one + 1, two - one - 1) || substr(start, two + 1)
        from generate_series(1, length(start)) as one, generate_series(one + 1, length(start)) as two
        where edits > 1
    );
end
$$;

-- The word with each two neighbouring letters exchanged.
create function search_exchanges(word text) returns text[]
    language sql immutable strict parallel safe
    return array(
        select overlay(word placing reverse(substr(word, place, 2)) from place)
        from generate_series(1, length(word) - 1) as place
    );

-- The words of titles, vendors, types and tags, to look for those that are near a mistyped one. There is no key: whoever
-- adds a word would wait for whoever else does. A word that stands twice does no harm.
create table known_words (
    id bigint primary key generated always as identity,
    word text not null check (length(word) between 3 and 40),
    near text[] not null
);
create index known_words_word on known_words (word);
create index known_words_near on known_words using gin (near);

create function search_learn(words text[]) returns void
    language plpgsql volatile strict set search_path = public, pg_temp as $$
begin
    insert into known_words (word, near)
    select word, search_neighbours(word, case when length(word) >= 6 then 2 else 1 end)
    from (select distinct unnest(words) as word) as new
    where length(word) between 3 and 40 and word !~ '[0-9]' and not search_unspaced(word)
      and not exists (select from known_words where known_words.word = new.word);
end
$$;

-- One edit (a letter more, less, another, or two exchanged) in 4 to 7 letters, two in more, none in numbers; the nearest.
create function search_near(asked text) returns setof text
    language plpgsql stable strict parallel safe set search_path = public, pg_temp as $$
begin
    return query
    with question as (
        select case when length(asked) < 8 then 1 else 2 end as edits, search_exchanges(asked) as exchanges
        where length(asked) between 4 and 40 and asked !~ '[0-9]' and not search_unspaced(asked)
    ), candidates as (
        select distinct word, edits, exchanges, levenshtein_less_equal(asked, word, edits) as distance
        from question, known_words
        where near && search_neighbours(asked, edits)
          and length(word) between length(asked) - edits and length(asked) + edits
    )
    select word from candidates
    where distance between 1 and edits
       or word = any(exchanges)
       or (edits = 2 and (
           search_exchanges(word) && exchanges
           or exists (select from unnest(exchanges) as exchanged where levenshtein_less_equal(exchanged, word, 1) <= 1)
       ))
    order by distance, word limit 20;
end
$$;

-- What is asked for, as a tsquery: every word, or one that begins so, alone or as one with its neighbour; ten at most.
-- Words such as "the" count where nothing else is asked; the "t" of "t-shirt" always. Null: there is no word in it.
-- `typos`: also what is near; null where nothing is.
create function search_query(asked text, typos boolean) returns text
    language plpgsql stable strict parallel safe set search_path = public, pg_temp as $$
begin
    return (
        with words as (
            select word, place, search_unspaced(word) as unspaced, lag(word) over (order by place) as before,
                   lead(word) over (order by place) as after, ts_lexize('pg_catalog.english_stem', word) as stems,
                   case when typos then array(select search_near(word)) else '{}'::text[] end as near
            from unnest((search_words(left(search_fold(asked), 500)))[:10]) with ordinality as words (word, place)
        ), meant as (
            select * from words
            where stems <> '{}' or word in ('s', 't') or not exists (select from words where stems <> '{}')
        ), terms as (
            select place, near, case
                when unspaced and length(word) = 1 then '''' || word || ''':*'
                when unspaced then (
                    select string_agg('''' || substr(word, at, 2) || '''', ' <-> ' order by at)
                    from generate_series(1, length(word) - 1) as at
                )
                else concat_ws(' | ',
                    '''' || word || ''':*',
                    '''' || stems[1] || '''',
                    case when not search_unspaced(before) then '''' || before || word || ''':*' end,
                    case when not search_unspaced(after) then '''' || word || after || ''':*' end,
                    (select string_agg('''' || other || ''':*', ' | ') from unnest(near) as other)
                )
                end as term
            from meant
        )
        select string_agg('(' || term || ')', ' & ' order by place) from terms
        having not typos or bool_or(near <> '{}')
    );
end
$$;

create table product_search (
    product_id uuid primary key references products (id) on delete cascade,
    words tsvector not null,
    sort_title text collate "C" not null
);
-- Enough of the common words that the planner knows the rare ones, or it reads the whole shop in order to find them.
alter table product_search alter column words set statistics 1000;
create index product_search_words on product_search using gin (words);
create index product_search_title on product_search (sort_title, product_id);

insert into product_search (product_id, words, sort_title)
select id, search_vector(title, product_type || ' ' || vendor || ' ' || joined(tags), description_html),
       search_sort_key(title)
from products;
insert into known_words (word, near)
select word, search_neighbours(word, case when length(word) >= 6 then 2 else 1 end)
from (
    select distinct unnest(search_words(left(search_fold(
        concat_ws(' ', title, product_type, vendor, joined(tags))
    ), 20000))) as word
    from products
) as words
where length(word) between 3 and 40 and word !~ '[0-9]' and not search_unspaced(word);


-- By trigger, so that no writer can forget it. It is no column of products: adding that would lock readers out.
create function search_keep() returns trigger
    language plpgsql set search_path = public, pg_temp as $$
begin
    insert into product_search (product_id, words, sort_title)
    values (
        new.id,
        search_vector(
            new.title, new.product_type || ' ' || new.vendor || ' ' || joined(new.tags), new.description_html
        ),
        search_sort_key(new.title)
    )
    on conflict (product_id) do update set words = excluded.words, sort_title = excluded.sort_title;
    perform search_learn(search_words(left(search_fold(
        concat_ws(' ', new.title, new.product_type, new.vendor, joined(new.tags))
    ), 20000)));
    return null;
end
$$;
create trigger products_search after insert or update of title, description_html, vendor, product_type, tags on products
for each row execute function search_keep();


-- What was written since the statements above began. Writers wait from the trigger on, for no longer than this takes.
insert into product_search (product_id, words, sort_title)
select id, search_vector(title, product_type || ' ' || vendor || ' ' || joined(tags), description_html),
       search_sort_key(title)
from products
where updated_at > now() - interval '10 minutes'
   or not exists (select from product_search where product_search.product_id = products.id)
on conflict (product_id) do update set words = excluded.words, sort_title = excluded.sort_title;

-- It waits for writers and keeps them waiting, for less than a second in a shop of 100,000 variants; readers go on.
-- squawk-ignore require-concurrent-index-creation
create index variants_by_sku on variants (search_sku(sku) collate "C") where active;
analyze product_search;
analyze known_words;

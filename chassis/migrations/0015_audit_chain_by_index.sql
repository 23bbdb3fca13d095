-- The same function, but for `line_id > since`: a plan for any value of it read the index of places from the beginning.
-- Chain at most so many lines that are not chained yet; how many were. A line's id is older than its commit by 30 seconds at
-- most, the longest transaction: so what is 5 minutes older than the last chained line was seen.
create or replace function audit_chain_extend(most integer) returns bigint
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    place bigint;
    head bytea;
    since uuid;
    line audit_lines;
    chained bigint := 0;
begin
    if not pg_try_advisory_xact_lock(hashtext('audit_chain')) then
        return 0;
    end if;
    select position, hash,
           uuidv7(uuid_extract_timestamp(line_id) - interval '5 minutes' - clock_timestamp())
    into place, head, since
    from audit_chain order by position desc limit 1;
    since := coalesce(since, '00000000-0000-0000-0000-000000000000');
    place := coalesce(place, 0);
    head := coalesce(head, '');
    for line in
        select * from audit_lines lines
        where id > since and not exists (select from audit_chain where line_id = lines.id and line_id > since)
        order by id limit most
    loop
        place := place + 1;
        head := sha256(head || convert_to(audit_line_text(line), 'UTF8'));
        insert into audit_chain (position, line_id, hash) values (place, line.id, head);
        chained := chained + 1;
    end loop;
    return chained;
end
$$;

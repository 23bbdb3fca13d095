-- The chain of the audit log: a hash for each line, of the line and of the hash before. Who changes or removes a line has to
-- compute all later hashes anew, and these differ from the ones that stand in logs elsewhere. Lines are chained some
-- seconds after they were written, by one replica for all, so that no request waits for another.
create table audit_chain (
    position bigint primary key check (position >= 1),
    line_id uuid not null unique,
    hash bytea not null check (length(hash) = 32),
    chained_at timestamptz not null default now()
);

create function audit_chain_is_kept() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' and old.chained_at < now() - interval '400 days' then
        return old;
    end if;
    raise exception 'the chain of the audit log is append-only';
end
$$;
create trigger audit_chain_append_only before update or delete on audit_chain
for each row execute function audit_chain_is_kept();

-- What is hashed of a line; chassis.ops.chained computes the same without this function.
create function audit_line_text(line audit_lines) returns text language sql stable as $$
    select jsonb_build_array(
        line.id, extract(epoch from line.occurred_at), line.action, line.outcome, line.object, line.actor_id, line.roles,
        line.session_id, line.ip, line.agent_hash, line.request_id, line.before, line.after
    )::text
$$;

-- Chain at most so many lines that are not chained yet; how many were. A line's id is older than its commit by 30 seconds at
-- most, the longest transaction: so what is 5 minutes older than the last chained line was seen.
create function audit_chain_extend(most integer) returns bigint
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
    place := coalesce(place, 0);
    head := coalesce(head, '');
    for line in
        select * from audit_lines lines
        -- One comparison, so that a plan for any value goes by the index.
        where id > coalesce(since, '00000000-0000-0000-0000-000000000000') and not exists (select from audit_chain where line_id = lines.id)
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
revoke execute on function audit_chain_extend from public;

-- Delete at most so many of the oldest places, if their lines may be gone. The last of these stays: the next place begins
-- with its hash, and by its age it is known that none before it was removed too early.
create function audit_chain_prune(most integer) returns bigint
language sql security definer set search_path = public, pg_temp as $$
    with oldest as (
        select position, greatest(chained_at, lead(chained_at) over (order by position)) as needed_at,
               lead(position) over (order by position) as next
        from (select position, chained_at from audit_chain order by position limit most + 1) places
    ),
    gone as (
        delete from audit_chain using oldest
        where audit_chain.position = oldest.position and oldest.next is not null
          and oldest.needed_at < now() - interval '400 days'
        returning 1
    )
    select count(*) from gone
$$;
revoke execute on function audit_chain_prune from public;

-- The running service reads the chain, and adds to it by the function alone.
do $$
declare
    grantee text;
begin
    for grantee in
        select distinct acl.grantee::regrole::text
        from pg_class, aclexplode(relacl) acl
        where pg_class.oid = 'audit_chain'::regclass and acl.grantee not in (0, relowner)
    loop
        execute format('revoke insert, update, delete, truncate on audit_chain from %s', grantee);
    end loop;
end
$$;

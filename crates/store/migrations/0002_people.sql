create table accounts (
    name text primary key,
    display_name text not null,
    role text not null,
    password_hash text not null,
    active bigint not null,
    created_at text not null
);
create table sessions (
    hash text primary key,
    account text not null references accounts (name),
    csrf text not null,
    created_at text not null,
    expires_at text not null
);
create table tokens (
    hash text primary key,
    name text not null,
    account text not null references accounts (name),
    scopes text not null,
    created_at text not null,
    expires_at text not null,
    revoked bigint not null
);
create table failed_sign_ins (account text not null, at text not null);
create index failed_sign_ins_account on failed_sign_ins (account, at);
create table audit (
    id text primary key,
    at text not null,
    viewer text not null,
    permission text not null,
    kind text not null,
    subject text not null,
    outcome text not null
);
create index audit_at on audit (at, id);
create table idempotency (
    account text not null,
    key text not null,
    request_hash text not null,
    status bigint not null,
    body text not null,
    created_at text not null,
    primary key (account, key)
);
create table jobs (
    id text primary key,
    name text not null,
    unique_key text not null,
    payload text not null,
    state text not null,
    done bigint not null,
    total bigint not null,
    message text not null,
    attempts bigint not null,
    run_after text not null,
    lease_until text not null,
    created_at text not null
);
create index jobs_state on jobs (state, run_after);

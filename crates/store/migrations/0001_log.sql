create table activities (
    id text primary key,
    stage text not null,
    kind text not null,
    agent text not null,
    at text not null
);
create table log (
    position bigint primary key,
    activity text not null references activities (id),
    kind text not null,
    dataset text not null,
    version bigint not null,
    note text not null,
    recorded_at text not null
);
create index log_dataset on log (dataset, position);
create table log_head (id bigint primary key, position bigint not null);
insert into log_head (id, position) values (1, 0);
create table positions (stage text primary key, position bigint not null);
create table datasets (
    name text primary key,
    title text not null,
    summary text not null,
    licence text not null,
    licence_url text not null,
    publisher text not null,
    attribution text not null,
    standing text not null,
    simulated bigint not null,
    derived bigint not null,
    restricted bigint not null
);
create table received (
    source text not null,
    name text not null,
    hash text not null,
    bytes bigint not null,
    received_at text not null,
    activity text not null references activities (id),
    primary key (source, name, hash)
);
create table source_states (
    source text primary key,
    state text not null,
    message text not null,
    etag text not null,
    looked_at text not null
);
create table problems (
    id text primary key,
    source text not null,
    file text not null,
    hash text not null,
    cause text not null,
    severity text not null,
    line bigint not null,
    record bigint not null,
    field text not null,
    found text not null,
    hint text not null,
    activity text not null references activities (id)
);
create index problems_cause on problems (cause, source, id);
create index problems_file on problems (source, file);

create table judgements (
    id text primary key,
    pair text not null,
    left_record text not null,
    right_record text not null,
    verdict text not null,
    weight double precision not null,
    probability double precision not null,
    comparisons text not null,
    agent text not null,
    method text not null,
    at text not null,
    activity text not null references activities (id),
    withdrawn_by text not null
);
create index judgements_pair on judgements (pair);
create index judgements_queue on judgements (verdict, withdrawn_by, probability);
create table signals (
    id text primary key,
    kind text not null,
    entity text not null,
    aspect text not null,
    since text not null,
    noticed text not null,
    chance double precision not null,
    body text not null,
    current bigint not null,
    activity text not null references activities (id)
);
create index signals_list on signals (current, noticed, id);
create table signal_states (
    signal text primary key,
    state text not null,
    owner text not null,
    note text not null,
    at text not null
);
create table cases (
    id text primary key,
    case_type text not null,
    title text not null,
    state text not null,
    owner text not null,
    due text not null,
    budget_line text not null,
    need text not null,
    plan text not null,
    created_at text not null,
    updated_at text not null,
    version bigint not null
);
create index cases_due on cases (state, due, id);
create index cases_owner on cases (owner, state, due, id);
create table timeline (
    case_id text not null references cases (id),
    number bigint not null,
    at text not null,
    agent text not null,
    kind text not null,
    note text not null,
    primary key (case_id, number)
);
create table decisions (
    id text primary key,
    case_id text not null references cases (id),
    at text not null,
    account text not null,
    chosen text not null,
    used_community bigint not null,
    community_changed_choice bigint not null,
    body text not null
);
create index decisions_case on decisions (case_id, at);
create index decisions_at on decisions (at);

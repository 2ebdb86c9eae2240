alter table cases add column words text not null default '';
update cases set words = lower(title);
update cases set due = '9999-12-31' where due = '';
create index cases_words on cases (words, state, owner, due, id);
create index cases_created on cases (created_at, id);
create index decisions_use on decisions (used_community, community_changed_choice, case_id, at);
create index audit_viewer on audit (viewer, at, id);
create index audit_subject on audit (subject, at, id);
create index log_activity on log (activity);
create index log_kind on log (kind, recorded_at);
drop index problems_file;
create index problems_place on problems (source, file, line, record, id);
create unique index jobs_live on jobs (name, unique_key) where state in ('queued', 'running');
create table review_claims (
    pair text primary key,
    account text not null,
    until text not null
);
create table signal_history (
    signal text not null,
    number bigint not null,
    state text not null,
    owner text not null,
    note text not null,
    agent text not null,
    at text not null,
    activity text not null references activities (id),
    primary key (signal, number)
);

alter table tokens add column used_at text not null default '';
create index activities_kind on activities (kind, agent, at);
create index received_activity on received (source, activity);

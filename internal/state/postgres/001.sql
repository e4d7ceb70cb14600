create table charsync_projects (
  project text primary key,
  serial  bigint not null default 0,
  fence   bigint not null default 0,
  until   timestamptz not null default '-infinity',
  holder  bytea not null default ''
);
create table charsync_lines (
  project text not null references charsync_projects,
  digest  bytea not null,
  line    bytea not null,
  primary key (project, digest)
);
create table charsync_facts (
  project text not null references charsync_projects,
  fence   bigint not null,
  number  bigint not null,
  lines   bytea not null,
  primary key (project, fence, number)
);
create table charsync_records (
  project text not null references charsync_projects,
  run     text not null,
  data    bytea not null,
  primary key (project, run)
);

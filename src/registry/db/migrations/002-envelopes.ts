/**
 * A release's envelope moves into a table of its own, to which a rotation of the signing key only ever adds: the newest
 * row is the one in force. `seq` and the revocations' `serial` grow in the order in which the rows become visible.
 */
export const envelopes = `
create table envelopes (
  seq bigint generated always as identity primary key,
  slug text not null,
  version text not null,
  keyid text not null check (keyid ~ '^[0-9a-f]{64}$'),
  sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
  size integer not null,
  envelope text not null,
  unique (slug, version, keyid),
  foreign key (slug, version) references releases (slug, version)
);

insert into envelopes (slug, version, keyid, sha256, size, envelope)
  select slug, version, envelope::jsonb -> 'signatures' -> 0 ->> 'keyid',
         encode(sha256(convert_to(envelope, 'UTF8')), 'hex'), octet_length(envelope), envelope
  from releases order by seq;
alter table releases drop column envelope;

create index revocations_by_slug on revocations (slug);
create index releases_by_alternative on releases using gin ((skill -> 'alternatives'));

grant select, insert on envelopes to :server;
`

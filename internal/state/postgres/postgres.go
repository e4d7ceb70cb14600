// Package postgres keeps states in a PostgreSQL database: a row for each line
// of a state, one for each group of lines that a run has appended since, one
// for each run's record. Many projects share one schema.
//
// It is safe behind a pooler that hands out connections by transaction: no
// session locks, no prepared statements, no settings outside a transaction. All
// that people wrote is bytea, since text takes no NUL.
package postgres

import (
	"bytes"
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/charsync/charsync/internal/state"
)

// Config says where a state is kept.
type Config struct {
	URL     string // as pgx takes it; it may hold a password and is never shown
	Schema  string // "charsync" by default
	Project string
}

//go:embed 001.sql
var first string

// migrations bring a schema from each version to the next.
func migrations() []string { return []string{first} }

const (
	defaultSchema = "charsync"
	connections   = 4
	// connectTimeout bounds one attempt to connect.
	connectTimeout = 10 * time.Second
)

// Open makes a backend. It connects when it is first used.
func Open(ctx context.Context, c Config) (state.Backend, error) {
	if c.Schema == "" {
		c.Schema = defaultSchema
	}
	parsed, err := pgxpool.ParseConfig(c.URL)
	if err != nil {
		return nil, errors.New("the database's URL can't be read: it should look like postgres://user@host/database") // pgx's own text may quote it
	}
	parsed.MaxConns = min(parsed.MaxConns, connections)
	parsed.ConnConfig.DefaultQueryExecMode = pgx.QueryExecModeExec
	if parsed.ConnConfig.ConnectTimeout == 0 || parsed.ConnConfig.ConnectTimeout > connectTimeout {
		parsed.ConnConfig.ConnectTimeout = connectTimeout
	}
	pool, err := pgxpool.NewWithConfig(ctx, parsed)
	if err != nil {
		return nil, explain(err)
	}
	at := parsed.ConnConfig
	b := &backend{pool: pool, config: c, name: fmt.Sprintf("postgres://%s:%d/%s, schema %s, project %s", at.Host, at.Port, at.Database, c.Schema, c.Project)}
	b.schema = pgx.Identifier{c.Schema}.Sanitize()
	return b, nil
}

type backend struct {
	pool   *pgxpool.Pool
	config Config
	name   string
	schema string
}

func (b *backend) Name() string { return b.name }

func (b *backend) Close() error {
	b.pool.Close()
	return nil
}

// table is a table of the schema, for a statement's text.
func (b *backend) table(name string) string { return b.schema + ".charsync_" + name }

// explain gives the server's words without what was sent to it.
func explain(err error) error {
	var server *pgconn.PgError
	var connect *pgconn.ConnectError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &server) && (server.Code == "28P01" || server.Code == "28000"):
		return fmt.Errorf("the database refuses the user or the password (%s)", server.Code)
	case errors.As(err, &server) && server.Code == "42501":
		return fmt.Errorf("the user may not do this: %s (%s)", server.Message, server.Code)
	case errors.As(err, &server) && server.Code == "3D000":
		return fmt.Errorf("%s (%s)", server.Message, server.Code)
	case errors.As(err, &server):
		return fmt.Errorf("the database answers: %s (%s)", server.Message, server.Code)
	case errors.As(err, &connect):
		return fmt.Errorf("the database at %s:%d is not reached", connect.Config.Host, connect.Config.Port)
	}
	return err
}

// missing is a schema or a table that is not there yet.
func missing(err error) bool {
	var server *pgconn.PgError
	return errors.As(err, &server) && (server.Code == "42P01" || server.Code == "3F000")
}

// version is the version of the schema; 0 where there is none.
func (b *backend) version(ctx context.Context, q interface {
	QueryRow(context.Context, string, ...any) pgx.Row
},
) (int, error) {
	var v int
	err := q.QueryRow(ctx, "select version from "+b.table("version")).Scan(&v)
	switch {
	case missing(err), errors.Is(err, pgx.ErrNoRows):
		return 0, nil
	case err != nil:
		return 0, explain(err)
	case v > len(migrations()):
		return v, fmt.Errorf("the schema %s was made by a newer charsync: its version is %d, this program knows up to %d; upgrade charsync", b.config.Schema, v, len(migrations()))
	}
	return v, nil
}

// migrate brings the schema to this program's version. Two that do so at once
// wait for one another.
func (b *backend) migrate(ctx context.Context) error {
	v, err := b.version(ctx, b.pool)
	if err != nil || v == len(migrations()) {
		return err
	}
	return b.inTransaction(ctx, func(tx pgx.Tx) error {
		for _, statement := range []string{
			"set local lock_timeout = '10s'",
			"select pg_advisory_xact_lock(hashtext('charsync schema'))",
			"create schema if not exists " + b.schema,
			"create table if not exists " + b.table("version") + " (version int not null)",
			"set local search_path = " + b.schema,
		} {
			if _, err := tx.Exec(ctx, statement); err != nil {
				return err
			}
		}
		v, err := b.version(ctx, tx)
		if err != nil {
			return err
		}
		for _, migration := range migrations()[v:] {
			if _, err := tx.Exec(ctx, migration, pgx.QueryExecModeSimpleProtocol); err != nil {
				return err
			}
		}
		if _, err := tx.Exec(ctx, "delete from "+b.table("version")); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, "insert into "+b.table("version")+" values ($1)", len(migrations()))
		return err
	})
}

func (b *backend) inTransaction(ctx context.Context, do func(pgx.Tx) error) error {
	return explain(pgx.BeginFunc(ctx, b.pool, do))
}

// note is what a Replace must know of a snapshot: the digests of its lines,
// and up to where facts were read.
type note struct {
	lines map[[sha256.Size]byte]bool
	facts []fact
}

type fact struct{ fence, number int64 }

// Load reads all in one statement, and so in one snapshot.
func (b *backend) Load(ctx context.Context) (state.Snapshot, error) {
	if _, err := b.version(ctx, b.pool); err != nil {
		return state.Snapshot{}, err
	}
	rows, err := b.pool.Query(ctx, `
		select 0 as kind, serial, 0::bigint, 0::bigint, ''::bytea from `+b.table("projects")+` where project = $1
		union all select 1, 0, 0, 0, line from `+b.table("lines")+` where project = $1
		union all select 2, 0, fence, number, lines from `+b.table("facts")+` where project = $1
		order by kind, 3, 4, 5`, b.config.Project)
	if err != nil {
		return state.Snapshot{}, explain(err)
	}
	defer rows.Close()
	s := state.Snapshot{}
	seen := note{lines: map[[sha256.Size]byte]bool{}}
	var compacted bytes.Buffer
	var facts [][]byte
	for rows.Next() {
		var kind int
		var serial, fence, number int64
		var data []byte
		if err := rows.Scan(&kind, &serial, &fence, &number, &data); err != nil {
			return state.Snapshot{}, explain(err)
		}
		switch kind {
		case 0:
			s.Serial = serial
		case 1:
			seen.lines[sha256.Sum256(data)] = true
			compacted.Write(data)
		case 2:
			seen.facts = append(seen.facts, fact{fence, number})
			facts = append(facts, data)
		}
	}
	if err := rows.Err(); err != nil && !missing(err) {
		return state.Snapshot{}, explain(err)
	}
	s.Exists = s.Serial > 0 || len(facts) > 0
	if s.Exists {
		s.Data = state.Lines(compacted.Bytes(), facts)
	}
	s.Token = seen
	return s, nil
}

func (b *backend) Acquire(ctx context.Context, who state.Holder, ttl time.Duration) (state.Lease, error) {
	if err := b.migrate(ctx); err != nil {
		return nil, err
	}
	holder, err := json.Marshal(who)
	if err != nil {
		return nil, err
	}
	var fence int64
	err = b.pool.QueryRow(ctx, `
		insert into `+b.table("projects")+` as p (project, fence, until, holder) values ($1, 1, now() + $2::bigint * interval '1 ms', $3)
		on conflict (project) do update set fence = p.fence + 1, until = excluded.until, holder = excluded.holder
		where p.until <= now()
		returning fence`, b.config.Project, ttl.Milliseconds(), holder).Scan(&fence)
	if err == nil {
		return &lease{b: b, fence: fence, ttl: ttl}, nil
	}
	if !errors.Is(err, pgx.ErrNoRows) {
		return nil, explain(err)
	}
	held := &state.HeldError{}
	var raw []byte
	err = b.pool.QueryRow(ctx, "select holder, greatest(until, to_timestamp(0)) from "+b.table("projects")+" where project = $1", b.config.Project).Scan(&raw, &held.Until)
	if err != nil {
		return nil, explain(err)
	}
	if err := json.Unmarshal(raw, &held.Holder); err != nil {
		held.Holder = state.Holder{Who: "somebody"}
	}
	return nil, held
}

func (b *backend) Break(ctx context.Context) (state.Holder, bool, error) {
	var raw []byte
	err := b.pool.QueryRow(ctx, `
		update `+b.table("projects")+` set fence = fence + 1, until = '-infinity' where project = $1 and until > now()
		returning holder`, b.config.Project).Scan(&raw)
	if errors.Is(err, pgx.ErrNoRows) || missing(err) {
		return state.Holder{}, false, nil
	}
	if err != nil {
		return state.Holder{}, false, explain(err)
	}
	var h state.Holder
	_ = json.Unmarshal(raw, &h) // for people alone
	return h, true, nil
}

func (b *backend) PutRecord(ctx context.Context, id string, data []byte) error {
	_, err := b.pool.Exec(ctx, "insert into "+b.table("records")+" values ($1, $2, $3) on conflict (project, run) do update set data = excluded.data", b.config.Project, id, data)
	return explain(err)
}

func (b *backend) Record(ctx context.Context, id string) ([]byte, error) {
	var data []byte
	err := b.pool.QueryRow(ctx, "select data from "+b.table("records")+" where project = $1 and run = $2", b.config.Project, id).Scan(&data)
	if errors.Is(err, pgx.ErrNoRows) || missing(err) {
		return nil, fmt.Errorf("the record of run %s: %w", id, fs.ErrNotExist)
	}
	return data, explain(err)
}

func (b *backend) RecordIDs(ctx context.Context) ([]string, error) {
	rows, err := b.pool.Query(ctx, "select run from "+b.table("records")+" where project = $1 order by run desc", b.config.Project)
	if err != nil {
		return nil, explain(err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if missing(err) {
		return nil, nil
	}
	return ids, explain(err)
}

func (b *backend) DropRecord(ctx context.Context, id string) error {
	_, err := b.pool.Exec(ctx, "delete from "+b.table("records")+" where project = $1 and run = $2", b.config.Project, id)
	return explain(err)
}

// lease is the row of a project, while its fence is this run's.
type lease struct {
	b     *backend
	fence int64
	ttl   time.Duration

	mu       sync.Mutex
	appended []fact
	number   int64
}

func (l *lease) Renew(ctx context.Context) error {
	tag, err := l.b.pool.Exec(ctx, "update "+l.b.table("projects")+" set until = now() + $3::bigint * interval '1 ms' where project = $1 and fence = $2 and until > now()",
		l.b.config.Project, l.fence, l.ttl.Milliseconds())
	if err != nil {
		return explain(err)
	}
	if tag.RowsAffected() == 0 {
		return state.ErrFenced
	}
	return nil
}

func (l *lease) Release(ctx context.Context) error {
	_, err := l.b.pool.Exec(ctx, "update "+l.b.table("projects")+" set until = '-infinity' where project = $1 and fence = $2", l.b.config.Project, l.fence)
	return explain(err)
}

// Append is one statement: the lines are kept if and only if the lease is
// this run's in the same moment.
func (l *lease) Append(ctx context.Context, lines []byte) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.number++
	tag, err := l.b.pool.Exec(ctx, `
		with mine as (select 1 from `+l.b.table("projects")+` where project = $1 and fence = $2 and until > now() for share)
		insert into `+l.b.table("facts")+` select $1, $2, $3, $4 from mine`, l.b.config.Project, l.fence, l.number, lines)
	if err != nil {
		return explain(err)
	}
	if tag.RowsAffected() == 0 {
		return state.ErrFenced
	}
	l.appended = append(l.appended, fact{l.fence, l.number})
	return nil
}

func (l *lease) Replace(ctx context.Context, seen state.Snapshot, data []byte) (state.Snapshot, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	before, _ := seen.Token.(note)
	now := note{lines: map[[sha256.Size]byte]bool{}}
	var added [][]byte
	_, data, _ = bytes.Cut(data, []byte("\n")) // the header
	for line := range bytes.Lines(data) {
		sum := sha256.Sum256(line)
		now.lines[sum] = true
		if !before.lines[sum] {
			added = append(added, line)
		}
	}
	var gone [][]byte
	for sum := range before.lines {
		if !now.lines[sum] {
			gone = append(gone, sum[:])
		}
	}
	folded := slices.Concat(before.facts, l.appended)
	err := l.b.inTransaction(ctx, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, "update "+l.b.table("projects")+" set serial = serial + 1 where project = $1 and fence = $2 and until > now() and serial = $3",
			l.b.config.Project, l.fence, seen.Serial)
		if err != nil {
			return err
		}
		if tag.RowsAffected() == 0 {
			return state.ErrFenced
		}
		if _, err := tx.Exec(ctx, "delete from "+l.b.table("lines")+" where project = $1 and digest = any($2::bytea[])", l.b.config.Project, gone); err != nil {
			return err
		}
		sums := make([][]byte, len(added))
		for i, line := range added {
			sum := sha256.Sum256(line)
			sums[i] = sum[:]
		}
		_, err = tx.Exec(ctx, "insert into "+l.b.table("lines")+" select $1, d, l from unnest($2::bytea[], $3::bytea[]) as new(d, l)", l.b.config.Project, sums, added)
		if err != nil {
			return err
		}
		var fences, numbers []int64
		for _, f := range folded {
			fences, numbers = append(fences, f.fence), append(numbers, f.number)
		}
		_, err = tx.Exec(ctx, "delete from "+l.b.table("facts")+" as f using unnest($2::bigint[], $3::bigint[]) as old(fence, number) where f.project = $1 and f.fence = old.fence and f.number = old.number",
			l.b.config.Project, fences, numbers)
		return err
	})
	if err != nil {
		return state.Snapshot{}, err
	}
	l.appended = nil
	return state.Snapshot{Exists: true, Serial: seen.Serial + 1, Token: now}, nil
}

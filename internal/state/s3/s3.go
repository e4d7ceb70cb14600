// Package s3 keeps a state in a bucket of S3-compatible storage that knows
// conditional writes: If-None-Match and If-Match on PutObject.
//
// Below the prefix lie
//
//	state               the compacted lines, behind a line with serial, length and digest
//	lease               who may write, until when
//	facts/FENCE-NUMBER  what a run appended since, one object for each group of lines
//	runs/ID             the records of runs
//
// No object is ever rewritten but state and lease, and these only under a
// condition. Nothing depends on a conditional DELETE, which not every server
// honours, and no ETag is trusted without the serial or the nonce inside: the
// same bytes have the same ETag again.
package s3

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"
	"golang.org/x/sync/errgroup"

	"github.com/charsync/charsync/internal/state"
)

const (
	maxObject  = 1 << 30 // bytes of a compacted state
	maxFact    = 8 << 20
	maxRecord  = 256 << 20
	maxFacts   = 200_000 // appended objects that one Load reads
	inParallel = 16
)

// Config says where a state is kept.
type Config struct {
	Bucket, Prefix, Region string
	Endpoint               string // "" for the region's own
	PathStyle              bool
	// SSE is the server-side encryption that is asked for: "", AES256 or aws:kms.
	SSE, KMSKey string
}

// Open makes a backend. The credential comes from where the AWS SDK looks for
// one; it is first used by a call.
func Open(ctx context.Context, c Config) (state.Backend, error) {
	loaded, err := config.LoadDefaultConfig(ctx, config.WithRegion(c.Region))
	if err != nil {
		return nil, fmt.Errorf("the AWS configuration: %w", err)
	}
	// Checksum headers are refused by some compatible servers. The digest inside
	// each object is ours.
	loaded.RequestChecksumCalculation = aws.RequestChecksumCalculationWhenRequired
	loaded.ResponseChecksumValidation = aws.ResponseChecksumValidationWhenRequired
	client := s3.NewFromConfig(loaded, func(o *s3.Options) {
		o.UsePathStyle = c.PathStyle
		if c.Endpoint != "" {
			o.BaseEndpoint = aws.String(c.Endpoint)
		}
	})
	if p := strings.Trim(c.Prefix, "/"); p != "" {
		c.Prefix = p + "/"
	} else {
		c.Prefix = ""
	}
	return &backend{client: client, config: c}, nil
}

type backend struct {
	client *s3.Client
	config Config
}

func (b *backend) Name() string { return "s3://" + b.config.Bucket + "/" + b.config.Prefix }

func (b *backend) Close() error { return nil }

// object is one object as it was read.
type object struct {
	data   []byte
	etag   string
	server time.Time // the server's clock
}

func (b *backend) get(ctx context.Context, key string, limit int64) (object, error) {
	out, err := b.client.GetObject(ctx, &s3.GetObjectInput{Bucket: &b.config.Bucket, Key: aws.String(b.config.Prefix + key)})
	if err != nil {
		return object{}, b.explain(key, err)
	}
	defer out.Body.Close()
	data, err := io.ReadAll(io.LimitReader(out.Body, limit+1))
	if err != nil {
		return object{}, fmt.Errorf("reading %s: %w", key, err)
	}
	if int64(len(data)) > limit {
		return object{}, fmt.Errorf("%s is larger than %d bytes", key, limit)
	}
	server, _ := middleware.GetServerTime(out.ResultMetadata)
	return object{data: data, etag: aws.ToString(out.ETag), server: server}, nil
}

// condition is what must be true of an object before it is written.
type condition struct{ match, noneMatch *string }

var (
	errChanged = errors.New("the object was changed by another writer")
	errAbsent  = errors.New("the object is not there")
)

func absent() condition              { return condition{noneMatch: aws.String("*")} }
func unchanged(tag string) condition { return condition{match: &tag} }

func (b *backend) put(ctx context.Context, key string, data []byte, c condition) (etag string, err error) {
	in := &s3.PutObjectInput{
		Bucket: &b.config.Bucket, Key: aws.String(b.config.Prefix + key), Body: bytes.NewReader(data),
		IfMatch: c.match, IfNoneMatch: c.noneMatch, ServerSideEncryption: types.ServerSideEncryption(b.config.SSE),
	}
	if b.config.KMSKey != "" {
		in.SSEKMSKeyId = &b.config.KMSKey
	}
	out, err := b.client.PutObject(ctx, in)
	if err != nil {
		return "", b.explain(key, err)
	}
	return aws.ToString(out.ETag), nil
}

// explain turns the service's codes into the few that callers tell apart.
func (b *backend) explain(key string, err error) error {
	var api smithy.APIError
	var status interface{ HTTPStatusCode() int }
	code := 0
	if errors.As(err, &status) {
		code = status.HTTPStatusCode()
	}
	word := ""
	if errors.As(err, &api) {
		word = api.ErrorCode()
	}
	switch {
	case word == "NoSuchBucket":
		return fmt.Errorf("there is no bucket %q at this endpoint: %s", b.config.Bucket, word)
	case word == "NoSuchKey" || word == "NotFound":
		return fmt.Errorf("%s: %w", key, errAbsent)
	case code == http.StatusPreconditionFailed || code == http.StatusConflict:
		return fmt.Errorf("%s: %w", key, errChanged)
	case word == "RequestTimeTooSkewed":
		return errors.New("the clock of this machine differs too much from the server's (RequestTimeTooSkewed): set it")
	case code == http.StatusForbidden || code == http.StatusUnauthorized:
		return fmt.Errorf("%s: the credential is refused or may not do this (%d %s)", key, code, word)
	case code == http.StatusMovedPermanently || word == "AuthorizationHeaderMalformed" || word == "PermanentRedirect":
		return fmt.Errorf("the bucket %q is in another region than %q (%d %s)", b.config.Bucket, b.config.Region, code, word)
	case code == http.StatusNotImplemented:
		return fmt.Errorf("%s: the server does not know conditional writes (%d %s)", key, code, word)
	case code != 0:
		return fmt.Errorf("%s: %d %s", key, code, word)
	}
	return fmt.Errorf("%s: %w", key, err)
}

// head is the first line of the object state. Facts that are folded into it
// are named, since a kill can leave them undeleted.
type head struct {
	Version int      `json:"charsync_state"`
	Serial  int64    `json:"serial"`
	Nonce   string   `json:"nonce"`
	Length  int      `json:"length"`
	Digest  string   `json:"sha256"`
	Folded  []string `json:"folded,omitempty"`
}

// token is what a Replace must know of a snapshot.
type token struct {
	etag  string
	facts []string // all that were listed
}

func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

func (b *backend) readHead(ctx context.Context) (h head, lines []byte, etag string, err error) {
	o, err := b.get(ctx, "state", maxObject)
	if err != nil {
		return head{}, nil, "", err
	}
	first, lines, _ := bytes.Cut(o.data, []byte("\n"))
	if err := json.Unmarshal(first, &h); err != nil || h.Version < 1 {
		return head{}, nil, "", errors.New("the object state is not a state of charsync's")
	}
	if h.Version > 1 {
		return head{}, nil, "", fmt.Errorf("the state was written by a newer charsync: its version is %d, this program reads up to 1; upgrade charsync", h.Version)
	}
	if len(lines) != h.Length || digest(lines) != h.Digest {
		return head{}, nil, "", fmt.Errorf("the object state is damaged: %d bytes of %d, or another digest; restore an older version of the object", len(lines), h.Length)
	}
	return h, lines, o.etag, nil
}

// Load lists first and reads the head then: a fact that vanished between the
// two was folded by a run, and all is read again.
func (b *backend) Load(ctx context.Context) (state.Snapshot, error) {
	var vanished error
	for range 5 {
		s, err := b.load(ctx)
		if !errors.Is(err, errAbsent) {
			return s, err
		}
		vanished = err
	}
	return state.Snapshot{}, fmt.Errorf("the state changed under each of five reads: %w", vanished)
}

func (b *backend) load(ctx context.Context) (state.Snapshot, error) {
	keys, err := b.list(ctx, "facts/", maxFacts)
	if err != nil {
		return state.Snapshot{}, err
	}
	h, lines, etag, err := b.readHead(ctx)
	exists := err == nil
	if err != nil && !errors.Is(err, errAbsent) {
		return state.Snapshot{}, err
	}
	var open []string
	for _, key := range keys {
		if !slices.Contains(h.Folded, key) {
			open = append(open, key)
		}
	}
	facts := make([][]byte, len(open))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(inParallel)
	for i, key := range open {
		group.Go(func() error {
			o, err := b.get(ctx, key, maxFact)
			if err != nil {
				return err
			}
			sum, lines, found := bytes.Cut(o.data, []byte("\n"))
			if !found || string(sum) != digest(lines) {
				return nil // cut off while it was sent: its writer was told that it is not kept
			}
			facts[i] = lines
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return state.Snapshot{}, err
	}
	facts = slices.DeleteFunc(facts, func(f []byte) bool { return f == nil })
	out := state.Snapshot{Exists: exists || len(facts) > 0, Serial: h.Serial, Token: token{etag: etag, facts: keys}}
	if out.Exists {
		out.Data = state.Lines(lines, facts)
	}
	return out, nil
}

func (b *backend) list(ctx context.Context, under string, limit int) ([]string, error) {
	pages := s3.NewListObjectsV2Paginator(b.client, &s3.ListObjectsV2Input{
		Bucket: &b.config.Bucket, Prefix: aws.String(b.config.Prefix + under),
	})
	var keys []string
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, b.explain("listing "+under, err)
		}
		for _, o := range page.Contents {
			keys = append(keys, strings.TrimPrefix(aws.ToString(o.Key), b.config.Prefix))
		}
		if len(keys) > limit {
			return nil, fmt.Errorf("there are more than %d objects below %s%s", limit, b.Name(), under)
		}
	}
	slices.Sort(keys)
	return keys, nil
}

// remove deletes objects; one that stays is deleted by a later run.
func (b *backend) remove(ctx context.Context, keys []string) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(inParallel)
	for chunk := range slices.Chunk(keys, 1000) {
		group.Go(func() error {
			var ids []types.ObjectIdentifier
			for _, key := range chunk {
				ids = append(ids, types.ObjectIdentifier{Key: aws.String(b.config.Prefix + key)})
			}
			_, err := b.client.DeleteObjects(ctx, &s3.DeleteObjectsInput{
				Bucket: &b.config.Bucket, Delete: &types.Delete{Objects: ids, Quiet: aws.Bool(true)},
			})
			return err
		})
	}
	return group.Wait()
}

func (b *backend) PutRecord(ctx context.Context, id string, data []byte) error {
	_, err := b.put(ctx, "runs/"+id, data, condition{})
	return err
}

func (b *backend) Record(ctx context.Context, id string) ([]byte, error) {
	o, err := b.get(ctx, "runs/"+id, maxRecord)
	if errors.Is(err, errAbsent) {
		return nil, fmt.Errorf("the record of run %s: %w", id, fs.ErrNotExist)
	}
	return o.data, err
}

func (b *backend) RecordIDs(ctx context.Context) ([]string, error) {
	keys, err := b.list(ctx, "runs/", maxFacts)
	for i, key := range keys {
		keys[i] = strings.TrimPrefix(key, "runs/")
	}
	slices.Reverse(keys)
	return keys, err
}

func (b *backend) DropRecord(ctx context.Context, id string) error {
	return b.remove(ctx, []string{"runs/" + id})
}

// clock is the server's clock, as far as answers told it.
type clock struct {
	mu     sync.Mutex
	server time.Time
	local  time.Time
}

func (c *clock) set(server time.Time) {
	if server.IsZero() {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.server, c.local = server, time.Now()
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.server.Add(time.Since(c.local))
}

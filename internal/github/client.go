// Package github speaks the few parts of GitHub's REST API that a pipeline
// needs: the one comment that charsync keeps on a pull request, and the pull
// request that a commit was merged from. It prints nothing.
package github

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	retryablehttp "github.com/hashicorp/go-retryablehttp"

	"github.com/charsync/charsync/pkg/providers"
	"github.com/charsync/charsync/pkg/spec"
)

// PublicAPI is the address of GitHub's own service.
const PublicAPI = "https://api.github.com"

// Bounds of a conversation.
const (
	maxAnswer = 16 << 20         // bytes of one answer
	callTime  = 2 * time.Minute  // of one call, its repetitions and pauses included
	waitMost  = 30 * time.Second // that GitHub may ask for; past it a call fails
)

// Config says with which repository to speak, and as whom.
type Config struct {
	API        string // address, without a trailing slash; "" is PublicAPI
	Repository string // "owner/name"
	Token      providers.Secret
	UserAgent  string
	Transport  http.RoundTripper // nil: the default
}

// Client speaks with one repository.
type Client struct {
	api   string
	repo  string
	token providers.Secret
	agent string
	http  *retryablehttp.Client
}

var repositoryName = regexp.MustCompile(`^[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+$`)

// New checks the configuration; it sends nothing. Plain http is for loopback.
func New(c Config) (*Client, error) {
	if c.API == "" {
		c.API = PublicAPI
	}
	u, err := url.Parse(strings.TrimRight(c.API, "/"))
	if err != nil || u.Host == "" || u.User != nil || u.Scheme != "https" && (u.Scheme != "http" || !spec.Loopback(u.Hostname())) {
		return nil, fmt.Errorf("the API's address %q is not one that starts with https://", c.API)
	}
	if !repositoryName.MatchString(c.Repository) {
		return nil, fmt.Errorf("the repository %q is not of the form owner/name", c.Repository)
	}
	return &Client{api: u.String(), repo: c.Repository, token: c.Token, agent: c.UserAgent, http: newRetrying(c.Transport, spec.Loopback(u.Hostname()))}, nil
}

// call sends one request below the repository's path and decodes its answer.
// It reports whether the answer names a next page.
func (c *Client) call(ctx context.Context, method, path string, in, out any) (more bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	var body []byte
	if in != nil {
		if body, err = encode(in); err != nil {
			return false, err
		}
	}
	req, err := retryablehttp.NewRequestWithContext(ctx, method, c.api+"/repos/"+c.repo+path, body)
	if err != nil {
		return false, err
	}
	req.Header.Set("Accept", "application/vnd.github+json")
	req.Header.Set("X-GitHub-Api-Version", "2022-11-28")
	req.Header.Set("User-Agent", c.agent)
	if !c.token.IsZero() {
		req.Header.Set("Authorization", "Bearer "+c.token.Reveal())
	}
	if in != nil {
		req.Header.Set("Content-Type", "application/json; charset=utf-8")
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return false, unreached(ctx, err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if err != nil {
		return false, unreached(ctx, err)
	}
	if resp.StatusCode/100 != 2 {
		return false, refusal(resp, data)
	}
	if len(data) > maxAnswer {
		return false, &Fault{Kind: Broken, Status: resp.StatusCode, Message: "the answer does not end"}
	}
	if err := json.Unmarshal(data, out); err != nil {
		return false, &Fault{Kind: Broken, Status: resp.StatusCode, Message: "the answer is not the JSON that was expected"}
	}
	return nextPage.MatchString(resp.Header.Get("Link")), nil
}

var nextPage = regexp.MustCompile(`;\s*rel="?next"?`)

func encode(in any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(in)
	return b.Bytes(), err
}

// unreached is the error of a request without an answer.
func unreached(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); errors.Is(cause, context.Canceled) {
		return cause
	}
	var address *url.Error
	if errors.As(err, &address) {
		err = address.Err // the address is known, and long
	}
	return &Fault{Kind: Unavailable, Message: "GitHub could not be reached: " + err.Error()}
}

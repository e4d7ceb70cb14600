package github

import (
	"context"
	"net/http"
	"net/url"
)

// Pull is a pull request.
type Pull struct {
	Number int `json:"number"`
	Head   struct {
		SHA string `json:"sha"`
	} `json:"head"`
	MergedAt    string `json:"merged_at"`
	MergeCommit string `json:"merge_commit_sha"`
}

// Merged finds the pull request whose merging made a commit; nil when there is
// none. A commit is also part of pull requests that are open, forks' included:
// these don't count.
func (c *Client) Merged(ctx context.Context, sha string) (*Pull, error) {
	var pulls []Pull
	if _, err := c.call(ctx, http.MethodGet, "/commits/"+url.PathEscape(sha)+"/pulls?per_page=100", nil, &pulls); err != nil {
		return nil, err
	}
	for i := range pulls {
		if pulls[i].MergedAt != "" && pulls[i].MergeCommit == sha {
			return &pulls[i], nil
		}
	}
	return nil, nil
}

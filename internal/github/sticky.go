package github

import (
	"context"
	"fmt"
	"net/http"
)

// MaxBody is how many bytes a comment may have; GitHub counts characters, of
// which there are never more.
const MaxBody = 65536

// Comment is a comment of an issue or a pull request.
type Comment struct {
	ID      int64  `json:"id"`
	Body    string `json:"body"`
	HTMLURL string `json:"html_url"`
	User    struct {
		Login string `json:"login"`
	} `json:"user"`
}

const (
	perPage  = 100
	maxPages = 100 // of comments; what is further back is not looked for
)

// Find looks for the oldest comment by author with a mark of this key; nil
// when there is none. Marks in comments of others count for nothing.
func (c *Client) Find(ctx context.Context, number int, author, key string) (*Comment, error) {
	for page := 1; page <= maxPages; page++ {
		var comments []Comment
		more, err := c.call(ctx, http.MethodGet, fmt.Sprintf("/issues/%d/comments?per_page=%d&page=%d", number, perPage, page), nil, &comments)
		if err != nil {
			return nil, err
		}
		for i := range comments {
			if mark, ok := ReadMark(comments[i].Body); ok && mark.Key == key && comments[i].User.Login == author {
				return &comments[i], nil
			}
		}
		if !more {
			break
		}
	}
	return nil, nil
}

// Change says what became of a comment.
type Change string

// The changes.
const (
	Created Change = "created"
	Updated Change = "updated"
	Kept    Change = "kept" // it says that already, or there is nothing to say
)

// Put makes the one comment with this mark say body, which begins with the
// mark. Where there is none yet, it is created only if create is set.
func (c *Client) Put(ctx context.Context, number int, author string, mark Mark, body string, create bool) (*Comment, Change, error) {
	found, err := c.Find(ctx, number, author, mark.Key)
	switch {
	case err != nil:
		return nil, "", err
	case found == nil && !create:
		return nil, Kept, nil
	case found != nil && found.Body == body:
		return found, Kept, nil
	case found != nil:
		var updated Comment
		_, err := c.call(ctx, http.MethodPatch, fmt.Sprintf("/issues/comments/%d", found.ID), bodyOf{body}, &updated)
		return &updated, Updated, err
	}
	made, err := c.create(ctx, number, author, mark, body)
	return made, Created, err
}

type bodyOf struct {
	Body string `json:"body"`
}

// create posts a comment. Where the answer was lost or an error, the comment
// may be there: it is looked for before it is posted again.
func (c *Client) create(ctx context.Context, number int, author string, mark Mark, body string) (*Comment, error) {
	var last error
	for range 2 {
		var made Comment
		_, err := c.call(context.WithValue(ctx, creating{}, true), http.MethodPost, fmt.Sprintf("/issues/%d/comments", number), bodyOf{body}, &made)
		if err == nil || !Is(err, Unavailable, Broken) {
			return &made, err
		}
		last = err
		if found, err := c.Find(ctx, number, author, mark.Key); err != nil || found != nil {
			return found, err
		}
	}
	return nil, last
}

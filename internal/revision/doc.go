// Package revision shows a folder as it stands at a revision of its Git
// repository, as an fs.FS.
//
// It runs the git program for the commands that read objects (rev-parse,
// rev-list, merge-base, ls-tree, cat-file), for those that say what Git does with a file
// (check-ignore, check-attr), and nothing else of Git: no hook, no filter,
// no text conversion, no external diff and no file system monitor of the
// repository's configuration runs, nothing is locked or written, and nothing
// is fetched. What is read is bounded, and ends when the context does.
package revision

// Package watch turns what happens in the folders of a project into batches
// of changed files: one batch when things have gone quiet, one run at a time.
//
// It watches folders and never single files, for editors replace a file by
// another of the same name. An event only says where to look: what counts is
// whether the bytes differ from those seen last. So a save that changes
// nothing causes no run, and however an editor saves, a run sees the end of it.
package watch

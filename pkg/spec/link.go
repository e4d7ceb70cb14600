package spec

import (
	"fmt"
	"io/fs"
	"path"
	"strings"
)

// maxLinks bounds the symbolic links on the way to one file.
const maxLinks = 40

// resolveLinks is the name of a file of the project without symbolic links on the
// way to it. A name that leads nowhere, or out of the project, is returned as
// far as it leads: opening it gives the reason.
func resolveLinks(tree fs.FS, file string) string {
	links, ok := tree.(fs.ReadLinkFS)
	if !ok {
		return file
	}
	done, rest := ".", file
	for hops := 0; rest != ""; {
		segment, after, _ := strings.Cut(rest, "/")
		next := path.Join(done, segment)
		info, err := links.Lstat(next)
		if err != nil || info.Mode()&fs.ModeSymlink == 0 {
			done, rest = next, after
			continue
		}
		to, err := links.ReadLink(next)
		if hops++; err != nil || hops > maxLinks || path.IsAbs(to) {
			return file
		}
		to = path.Join(path.Dir(next), to, after)
		if !fs.ValidPath(to) {
			return file
		}
		done, rest = ".", to
	}
	return done
}

// closed is the folder on a path whose files belong to Git or to charsync; ""
// where there is none. Some file systems know no capitals, so none count.
func closed(file string) string {
	for segment := range strings.SplitSeq(file, "/") {
		if hidden(strings.ToLower(segment)) {
			return segment
		}
	}
	return ""
}

// refuseLinked refuses a file that a symbolic link leads to where it belongs to
// Git or to charsync, and where it is none of YAML under the name of one: an
// error would quote it.
func refuseLinked(tree fs.FS, file string) *Diagnostic {
	to := resolveLinks(tree, file)
	if to == file {
		return nil
	}
	if folder := closed(to); folder != "" {
		return &Diagnostic{
			Code: CodeOutside, Message: fmt.Sprintf("%s leads into %s through a symbolic link", file, folder),
			Hint: "copy the file into the project",
		}
	}
	if isManifestName(file) && !isManifestName(to) {
		return &Diagnostic{
			Code: CodeUnreadable, Message: file + " leads to a file that is no manifest through a symbolic link",
			Hint: "let it lead to a YAML file of the project, or copy the file",
		}
	}
	return nil
}

// refuseLink refuses a file that is itself a symbolic link.
func refuseLink(tree fs.FS, file string) *Diagnostic {
	info, err := fs.Lstat(tree, file)
	if err != nil || info.Mode()&fs.ModeSymlink == 0 {
		return nil //nolint:nilerr // reading it says what is wrong
	}
	return &Diagnostic{
		Code: CodeUnreadable, Message: file + " is a symbolic link, and is not read through one",
		Hint: "put the file itself in its place, or name the file itself with --config",
	}
}

// isManifestName reports the ends of names that YAML files have.
func isManifestName(file string) bool {
	end := strings.ToLower(path.Ext(file))
	return end == ".yaml" || end == ".yml"
}

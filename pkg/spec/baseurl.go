package spec

import (
	"errors"
	"net"
	"net/url"
	"strings"
)

// CheckBaseURL refuses what can't be the base URL of an API: anything but
// https, plain http towards other machines, and credentials in the URL. The
// error never repeats the URL.
func CheckBaseURL(raw string) error {
	u, err := url.Parse(raw)
	switch {
	case err != nil:
		return errors.New("this is no URL")
	case u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" || u.Opaque != "":
		return errors.New("a base URL begins with https:// and a host")
	case u.User != nil:
		return errors.New("a base URL holds no credentials")
	case u.RawQuery != "" || u.Fragment != "" || u.ForceQuery:
		return errors.New("a base URL has no query and no fragment")
	case u.Scheme == "http" && !Loopback(u.Hostname()):
		return errors.New("plain http is refused: it would show credentials to everyone on the way")
	}
	return nil
}

// Loopback reports whether a host, without its port, can only be this machine:
// localhost, or an address of the loopback network. It is the one meaning of
// loopback in the program. A name below localhost is none, since resolvers
// may lead it anywhere.
func Loopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

package sandbox

import (
	"net"
	"strings"
)

// loopbackHost tells whether the host of "host:port", or a bare host, can only be this machine. A browser that is led
// here by a name that resolves to loopback still sends that name, so a Host that is not loopback is refused.
func loopbackHost(hostport string) bool {
	host := hostport
	if h, _, err := net.SplitHostPort(hostport); err == nil {
		host = h
	}
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

package main

import (
	"context"
	"net"
	"sync/atomic"
	"time"
)

// distance passes connections on to a server as a network would that takes so
// long for a way and back.
type distance struct {
	listener net.Listener
	network  string // of the server: "tcp", "unix"
	address  string
	way      time.Duration // one way
	sent     atomic.Int64  // bytes to the server
}

func openDistance(ctx context.Context, network, address string, back time.Duration) (*distance, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	d := &distance{listener: listener, network: network, address: address, way: back / 2}
	go d.serve() // ends with close
	return d, nil
}

func (d *distance) addr() string { return d.listener.Addr().String() }

func (d *distance) close() { _ = d.listener.Close() }

func (d *distance) serve() {
	for {
		client, err := d.listener.Accept()
		if err != nil {
			return
		}
		server, err := new(net.Dialer).Dial(d.network, d.address)
		if err != nil {
			_ = client.Close()
			continue
		}
		go d.pass(server, client, &d.sent)
		go d.pass(client, server, nil)
	}
}

// parcel is what was read at one moment.
type parcel struct {
	data []byte
	due  time.Time
}

// pass carries bytes one way, each as late as the others.
func (d *distance) pass(to, from net.Conn, count *atomic.Int64) {
	under := make(chan parcel, 1024)
	go func() {
		defer close(under)
		for {
			buf := make([]byte, 32<<10)
			n, err := from.Read(buf)
			if n > 0 {
				if count != nil {
					count.Add(int64(n))
				}
				under <- parcel{buf[:n], time.Now().Add(d.way)}
			}
			if err != nil {
				return
			}
		}
	}()
	failed := false
	for p := range under {
		time.Sleep(time.Until(p.due))
		if !failed {
			_, err := to.Write(p.data)
			failed = err != nil
		}
	}
	_, _ = to.Close(), from.Close()
}

package main

import (
	"flag"
	"fmt"
	"strings"
	"syscall"
)

// relay copies bytes between each client connection and an engine connection of its own and reads
// none of them: what the kernel alone asks for a proxied connection on this machine.
type relay struct {
	poll    *poller
	engines []*syscall.SockaddrInet4
	next    int
	ends    map[int]*relayEnd
	buffer  []byte
}

// relayEnd is one of the two sockets of a relayed connection.
type relayEnd struct {
	fd    int
	peer  *relayEnd
	out   []byte
	ended bool
}

func runRelay(args []string) error {
	flags := flag.NewFlagSet("relay", flag.ContinueOnError)
	address := flags.String("listen", "127.0.0.1:8080", "IPv4 address to listen on")
	engines := flags.String("engines", "127.0.2.1:8000", "IPv4 addresses of engines, separated by commas, taken in turn")
	if err := flags.Parse(args); err != nil {
		return err
	}
	r := &relay{ends: map[int]*relayEnd{}, buffer: make([]byte, 256<<10)}
	for _, text := range strings.Split(*engines, ",") {
		engine, err := socketAddress(text)
		if err != nil {
			return err
		}
		r.engines = append(r.engines, engine)
	}
	own, err := socketAddress(*address)
	if err != nil {
		return err
	}
	if r.poll, err = newPoller(); err != nil {
		return err
	}
	listener, err := listen(own)
	if err != nil {
		return err
	}
	if err := r.poll.add(listener, eventRead); err != nil {
		return err
	}
	return r.run(listener)
}

func (r *relay) run(listener int) error {
	for {
		events, err := r.poll.wait(-1)
		if err != nil {
			return err
		}
		for _, event := range events {
			if int(event.Fd) == listener {
				if err := r.accept(listener); err != nil {
					return err
				}
				continue
			}
			end := r.ends[int(event.Fd)]
			if end == nil {
				continue
			}
			if event.Events&eventWrite != 0 && len(end.out) > 0 {
				r.send(end, nil)
			}
			if event.Events&(eventRead|eventHangUp) != 0 {
				r.pass(end)
			}
		}
	}
}

func (r *relay) accept(listener int) error {
	client, err := accept(listener)
	if err != nil {
		return fmt.Errorf("accept: %w", err)
	}
	engine, err := connect(r.engines[r.next%len(r.engines)])
	if err != nil {
		syscall.Close(client)
		return nil
	}
	r.next++
	a, b := &relayEnd{fd: client}, &relayEnd{fd: engine}
	a.peer, b.peer = b, a
	for _, end := range []*relayEnd{a, b} {
		r.ends[end.fd] = end
		if err := r.poll.add(end.fd, connectionEvents); err != nil {
			return err
		}
	}
	return nil
}

// pass reads until the socket is empty; a read that does not fill the buffer has emptied it.
func (r *relay) pass(from *relayEnd) {
	for !from.ended {
		n, err := readSome(from.fd, r.buffer)
		if err == syscall.EAGAIN {
			return
		}
		if err != nil || n == 0 {
			r.close(from)
			return
		}
		r.send(from.peer, r.buffer[:n])
		if n < len(r.buffer) {
			return
		}
	}
}

func (r *relay) send(to *relayEnd, bytes []byte) {
	if to.ended {
		return
	}
	if len(to.out) > 0 {
		to.out = append(to.out, bytes...)
		bytes = to.out
	}
	n, err := writeParts(to.fd, [][]byte{bytes})
	if err != nil {
		r.close(to)
		return
	}
	to.out = append(to.out[:0], bytes[n:]...)
}

func (r *relay) close(end *relayEnd) {
	for _, each := range []*relayEnd{end, end.peer} {
		each.ended = true
		delete(r.ends, each.fd)
		syscall.Close(each.fd)
	}
}

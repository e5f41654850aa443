package main

import (
	"fmt"
	"net"
	"runtime"
	"strconv"
	"syscall"
	"time"
	"unsafe"
)

const (
	sysEpollPwait2   = 441 // the same number on amd64 and arm64
	prSetTimerSlack  = 29
	epollEdge        = 1 << 31
	epollRdHup       = 0x2000
	eventRead        = syscall.EPOLLIN
	eventWrite       = syscall.EPOLLOUT
	eventHangUp      = epollRdHup | syscall.EPOLLHUP | syscall.EPOLLERR
	connectionEvents = eventRead | eventWrite | epollRdHup | epollEdge
)

// poller is an edge-triggered epoll set with nanosecond timeouts.
type poller struct {
	fd     int
	events [256]syscall.EpollEvent
}

// newPoller locks the calling goroutine to its thread, whose timer slack it sets to 1 ns: the
// default of 50 us would be a visible part of the latencies measured here.
func newPoller() (*poller, error) {
	runtime.LockOSThread()
	syscall.RawSyscall(syscall.SYS_PRCTL, prSetTimerSlack, 1, 0)
	fd, err := syscall.EpollCreate1(syscall.EPOLL_CLOEXEC)
	if err != nil {
		return nil, err
	}
	return &poller{fd: fd}, nil
}

func (p *poller) add(fd int, events uint32) error {
	return syscall.EpollCtl(p.fd, syscall.EPOLL_CTL_ADD, fd, &syscall.EpollEvent{Events: events, Fd: int32(fd)})
}

// wait returns the ready events; it blocks for at most timeout, forever when timeout is negative.
func (p *poller) wait(timeout time.Duration) ([]syscall.EpollEvent, error) {
	var limit unsafe.Pointer
	var spec syscall.Timespec
	if timeout >= 0 {
		spec = syscall.NsecToTimespec(int64(timeout))
		limit = unsafe.Pointer(&spec)
	}
	n, _, errno := syscall.Syscall6(sysEpollPwait2, uintptr(p.fd), uintptr(unsafe.Pointer(&p.events[0])),
		uintptr(len(p.events)), uintptr(limit), 0, 0)
	if errno == syscall.EINTR {
		return nil, nil
	}
	if errno != 0 {
		return nil, fmt.Errorf("epoll_pwait2 (Linux 5.11 or newer is needed): %w", errno)
	}
	return p.events[:n], nil
}

// readSome reads once; n = 0 with a nil error means the peer closed, EAGAIN that nothing is there.
func readSome(fd int, into []byte) (int, error) {
	n, _, errno := syscall.RawSyscall(syscall.SYS_READ, uintptr(fd), uintptr(unsafe.Pointer(&into[0])), uintptr(len(into)))
	if errno != 0 {
		return 0, errno
	}
	return int(n), nil
}

// writeParts writes the parts in order and returns how many bytes the kernel took; fewer than all
// means that the socket is full.
func writeParts(fd int, parts [][]byte) (int, error) {
	var vectors [8]syscall.Iovec
	count, total := 0, 0
	for _, part := range parts {
		if len(part) == 0 {
			continue
		}
		vectors[count].Base = &part[0]
		vectors[count].SetLen(len(part))
		total += len(part)
		count++
	}
	if count == 0 {
		return 0, nil
	}
	n, _, errno := syscall.RawSyscall(syscall.SYS_WRITEV, uintptr(fd), uintptr(unsafe.Pointer(&vectors[0])), uintptr(count))
	if errno == syscall.EAGAIN {
		return 0, nil
	}
	if errno != 0 {
		return 0, errno
	}
	return int(n), nil
}

// skip drops the first n bytes of the parts, in place.
func skip(parts [][]byte, n int) [][]byte {
	for len(parts) > 0 && n >= len(parts[0]) {
		n -= len(parts[0])
		parts = parts[1:]
	}
	if len(parts) > 0 {
		parts[0] = parts[0][n:]
	}
	return parts
}

func socketAddress(address string) (*syscall.SockaddrInet4, error) {
	host, portText, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	ip := net.ParseIP(host).To4()
	port, err := strconv.Atoi(portText)
	if ip == nil || err != nil {
		return nil, fmt.Errorf("address %q: want IPv4:port, e.g. 127.0.0.1:8080", address)
	}
	result := &syscall.SockaddrInet4{Port: port}
	copy(result.Addr[:], ip)
	return result, nil
}

func listen(address *syscall.SockaddrInet4) (int, error) {
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_NONBLOCK|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return -1, err
	}
	if err := syscall.SetsockoptInt(fd, syscall.SOL_SOCKET, syscall.SO_REUSEADDR, 1); err != nil {
		return -1, err
	}
	if err := syscall.Bind(fd, address); err != nil {
		return -1, fmt.Errorf("bind %s:%d: %w (is another rig running?)", net.IP(address.Addr[:]), address.Port, err)
	}
	return fd, syscall.Listen(fd, 1024)
}

func accept(listener int) (int, error) {
	fd, _, err := syscall.Accept4(listener, syscall.SOCK_NONBLOCK|syscall.SOCK_CLOEXEC)
	if err != nil {
		return -1, err
	}
	return fd, noDelay(fd)
}

// connect blocks until connected, then makes the socket non-blocking.
func connect(address *syscall.SockaddrInet4) (int, error) {
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return -1, err
	}
	if err := syscall.Connect(fd, address); err != nil {
		syscall.Close(fd)
		return -1, err
	}
	if err := noDelay(fd); err != nil {
		return -1, err
	}
	return fd, syscall.SetNonblock(fd, true)
}

func noDelay(fd int) error {
	return syscall.SetsockoptInt(fd, syscall.IPPROTO_TCP, syscall.TCP_NODELAY, 1)
}

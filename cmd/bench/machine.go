package main

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// machine says where and when the figures came about.
type machine struct {
	Date   string  `json:"date"`
	System string  `json:"system"`
	CPU    string  `json:"cpu,omitempty"`
	Cores  int     `json:"cores"`
	Memory float64 `json:"memory_gib,omitempty"`
	// Load is the load average of a minute, at the start and after each pair.
	Load []float64 `json:"load,omitempty"`
}

func thisMachine() machine {
	m := machine{Date: time.Now().UTC().Format(time.DateOnly), System: runtime.GOOS + "/" + runtime.GOARCH, Cores: runtime.NumCPU()}
	if text, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		m.CPU = valueOf(string(text), "model name")
	}
	if text, err := os.ReadFile("/proc/meminfo"); err == nil {
		kib, _, _ := strings.Cut(valueOf(string(text), "MemTotal"), " ")
		if n, err := strconv.ParseFloat(kib, 64); err == nil {
			m.Memory = n / (1 << 20)
		}
	}
	return m
}

// valueOf is the value of the first line "key : value".
func valueOf(text, key string) string {
	for line := range strings.Lines(text) {
		if k, v, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(k) == key {
			return strings.TrimSpace(v)
		}
	}
	return ""
}

// observe notes how busy the machine is.
func (m *machine) observe() {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return
	}
	if v, ok := parseLoad(string(text)); ok {
		m.Load = append(m.Load, v)
	}
}

// parseLoad is the first number of the load averages.
func parseLoad(text string) (float64, bool) {
	first, _, _ := strings.Cut(text, " ")
	v, err := strconv.ParseFloat(first, 64)
	return v, err == nil
}

func (m machine) String() string {
	parts := []string{m.Date, m.System}
	if m.CPU != "" {
		parts = append(parts, m.CPU)
	}
	parts = append(parts, fmt.Sprintf("%d cores", m.Cores))
	if m.Memory > 0 {
		parts = append(parts, fmt.Sprintf("%.0f GiB", m.Memory))
	}
	if len(m.Load) > 0 {
		low, high := m.Load[0], m.Load[0]
		for _, v := range m.Load {
			low, high = min(low, v), max(high, v)
		}
		parts = append(parts, fmt.Sprintf("load average %.1f before, %.1f to %.1f during the run (the run itself is part of it)", m.Load[0], low, high))
	}
	return strings.Join(parts, ", ")
}

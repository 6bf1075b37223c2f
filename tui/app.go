package tui

import (
	"cmp"
	"image"
	"time"

	tea "charm.land/bubbletea/v2"

	"cordon/investigations"
	"cordon/investigations/contain"
	"cordon/investigations/queries"
	"cordon/investigations/rules"
	"cordon/investigations/survive"
	"cordon/themes"
	"cordon/tui/action"
	"cordon/tui/dialog"
	"cordon/tui/draw"
	"cordon/tui/pane"
	"cordon/tui/pane/casefile"
	"cordon/tui/pane/events"
	"cordon/tui/pane/findings"
	"cordon/tui/pane/lineage"
	"cordon/tui/pane/locks"
	"cordon/tui/pane/overview"
	"cordon/tui/pane/query"
	"cordon/tui/pane/sessions"
	"cordon/tui/pane/terminal"
)

// Options are what a console is opened with.
type Options struct {
	Evidence pane.Evidence
	Desk     *contain.Desk
	// Identity is whom to open with; zero opens where the console was left, or
	// with the whole case.
	Identity investigations.Entity
	// T0 is the moment the incident began; zero when nobody has said.
	T0     time.Time
	Styles *themes.Styles
	// Registry holds the actions with their keys; nil for the default ones.
	Registry *action.Registry
	Now      func() time.Time
	// Location is the responder's own time zone.
	Location *time.Location
	// Tick is how often the time of day in the header is written; zero: only
	// when something happens.
	Tick time.Duration
	// Timer sends a message after a while; nil for the real one.
	Timer   func(after time.Duration, msg tea.Msg) tea.Cmd
	Version string
	// Export writes a file for the responder; see [pane.Env].
	Export func(name string, content []byte) (path string, err error)
	// Rules reads the detection rules; nil for those that are shipped.
	Rules func() ([]*rules.Rule, []error)
	// Engine answers audit SQL; nil where there is none. ClusterEngine answers it
	// on the live cluster; nil on files. Queries are the named queries of the
	// responder's own folder.
	Engine, ClusterEngine queries.Engine
	Queries               []queries.Named
	// Live is the cluster that somebody follows into the case, and sends [LiveMsg]
	// of; nil on files.
	Live pane.Live
	// Opened is called once, when the case was read: what is added to it and told of
	// before could not be told from what the pages show already. nil for nobody.
	Opened func()
	// Shell is the program that opens beside the case; empty for sh. Beside are
	// variables, NAME=VALUE, that it and other programs are given on top of the
	// environment, and BesideNote says in a few words what they do.
	Shell      string
	Beside     []string
	BesideNote string
}

// App is the console.
type App struct {
	env     pane.Env
	reg     *action.Registry
	styles  *themes.Styles
	clock   *clock
	loader  *pane.Loader
	overlay *dialog.Overlay
	answers map[string]func(dialog.Outcome) tea.Cmd // by dialog
	pages   []page
	tick    time.Duration
	timer   func(time.Duration, tea.Msg) tea.Cmd
	version string
	shell   string
	// beside, besideNote and whenOpened are those of the options.
	beside     []string
	besideNote string
	whenOpened func()
	asked      investigations.Entity

	size     image.Point
	lay      layout
	spreads  bool // what the layout took the open page's wish for width to be
	coverage investigations.Coverage
	ready    bool // the case was read and a page is shown
	failed   error

	trail    trail
	shown    map[pane.Page]shownStop
	saved    string // the trail as it stands in the case
	saving   bool
	quits    bool
	preview  preview
	board    *contain.Board // as last read; nil when it may be another one now
	undo     undoable
	decided  []pane.Decision // of this sitting and not undone, the newest last
	placing  bool
	keeping  bool // T0 is being written into the case
	children children
	copied   string // what was copied last
	steps    []step // commands put into a shell, the newest last
	live     liveState
	plan     plan
	standing standing
	status   status
	lastKey  time.Time
	wheel    int
	resting  bool // a wheelRestedMsg is under way
	// spinning says that a spunMsg is under way.
	spinning bool
}

// page is one entry of the tabs.
type page struct {
	id     pane.Page
	action action.ID
	title  string
	pane   pane.Pane
}

// shownStop is what a page was last told to show.
type shownStop struct {
	subject pane.Subject
	ok      bool
}

// status is the line above the footer.
type status struct {
	role themes.Role
	line draw.Line
	// until is when the line is out of date; zero for never.
	until time.Time
	// while reports whether the line is still true; nil for always.
	while func() bool
}

var _ tea.Model = (*App)(nil)

// New makes a console. It reads nothing before Init.
func New(o Options) *App {
	c := &clock{t0: o.T0, local: o.Location, glyphs: &o.Styles.Glyphs}
	work := pane.NewWork()
	work.Now = o.Now
	a := &App{
		env: pane.Env{
			Evidence: o.Evidence, Desk: o.Desk, Clock: c, Machines: &pane.Machines{}, Styles: o.Styles, Now: o.Now,
			Work: work, Out: &pane.Outbox{}, Drafts: dialog.Drafts{}, Export: o.Export,
			Rules: o.Rules, Detections: &pane.Detections{}, Engine: o.Engine, ClusterEngine: o.ClusterEngine, Queries: o.Queries, Live: o.Live,
		},
		reg: o.Registry, styles: o.Styles, clock: c, loader: pane.NewLoader(work),
		overlay: dialog.NewOverlay(o.Now), answers: map[string]func(dialog.Outcome) tea.Cmd{},
		tick: o.Tick, timer: o.Timer, version: o.Version, shell: cmp.Or(o.Shell, "sh"), whenOpened: o.Opened, beside: o.Beside, besideNote: o.BesideNote, asked: o.Identity,
		shown: map[pane.Page]shownStop{}, live: liveState{on: o.Live != nil}, standing: standing{said: map[survive.Thing]survive.Standing{}},
		trail: trail{stops: []stop{newStop(o.Identity, "", pane.PageOverview, pane.Subject{Entity: o.Identity})}},
	}
	if o.Live != nil {
		a.env.Following = &pane.Following{}
	}
	if a.env.Rules == nil {
		a.env.Rules = func() ([]*rules.Rule, []error) { return rules.Load() }
	}
	if a.timer == nil {
		a.timer = func(after time.Duration, msg tea.Msg) tea.Cmd {
			return tea.Tick(after, func(time.Time) tea.Msg { return msg })
		}
	}
	if a.reg == nil {
		a.reg = action.Default()
	}
	return a
}

// makePages builds the pages once it is known what the case is: the server's
// version is part of what they work with.
func (a *App) makePages() {
	a.env.Server = contain.Server{Major: a.coverage.ServerMajor}
	if a.env.Live != nil {
		a.env.Server = a.env.Live.Server()
	}
	a.pages = []page{
		{pane.PageOverview, action.ShowOverview, "Overview", overview.New(a.env)},
		{pane.PageEvents, action.ShowEvents, "Events", events.New(a.env)},
		{pane.PageLineage, action.ShowLineage, "Lineage", lineage.New(a.env)},
		{pane.PageSessions, action.ShowSessions, "Sessions", sessions.New(a.env)},
		{pane.PageLocks, action.ShowLocks, "Locks", locks.New(a.env)},
		{pane.PageFindings, action.ShowFindings, "Findings", findings.New(a.env)},
		{pane.PageQuery, action.ShowQuery, "Query", query.New(a.env)},
		{pane.PageCase, action.ShowCase, "Case", casefile.New(a.env)},
	}
}

// Init reads what the header and the trail need.
func (a *App) Init() tea.Cmd { return tea.Batch(a.openCase(), a.ticking()) }

// Update routes a message: an open dialog first, then the actions of the whole
// console, then the page that is open. Afterwards it does what the pages wished
// for and looks whether the preview is still that of the selected row.
func (a *App) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	cmds := []tea.Cmd{a.route(msg)}
	cmds = append(cmds, a.grant())
	a.respread()
	cmds = append(cmds, a.follow(), a.followPlan(), a.remember(), a.spin())
	return a, tea.Batch(cmds...)
}

func (a *App) route(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		return a.resize(image.Pt(msg.Width, msg.Height))
	case pane.LoadedMsg:
		return a.loaded(msg)
	case tickedMsg:
		return tea.Batch(a.ticking(), a.tickPage())
	case LiveMsg:
		return a.tookLive(msg)
	case spunMsg:
		a.spinning = false
		return nil
	case askAgainMsg:
		return a.rested(msg)
	case stepNotedMsg:
		return a.stepNoted(msg)
	case wheelRestedMsg:
		return a.wheelRested()
	case saveDueMsg:
		return a.save()
	case tea.KeyPressMsg, tea.PasteMsg, tea.MouseClickMsg, tea.MouseWheelMsg:
		return a.input(msg)
	case tea.MouseReleaseMsg, tea.MouseMotionMsg, terminal.ChangedMsg, childEndedMsg:
		return a.childMsg(msg)
	}
	for _, p := range a.pages {
		if cmd, mine := p.pane.Receive(msg); mine {
			return cmd
		}
	}
	return nil
}

// Idle reports whether nothing is running that could change the screen.
func (a *App) Idle() bool {
	if !a.ready && a.failed == nil || a.env.Work.Busy() > 0 || a.resting {
		return false
	}
	b, ok := a.pane().(pane.Busier)
	return !ok || !b.Busy()
}

// page returns the page that is open.
func (a *App) page() *page {
	for i := range a.pages {
		if a.pages[i].id == a.trail.now().Page {
			return &a.pages[i]
		}
	}
	return nil
}

// pane returns the pane of the page that is open, or nil before there is one.
func (a *App) pane() pane.Pane {
	if p := a.page(); p != nil {
		return p.pane
	}
	return nil
}

// selected is what the highlighted row is about.
func (a *App) selected() pane.Subject {
	if p := a.pane(); p != nil {
		return p.Selected()
	}
	return pane.Subject{}
}

// say puts a sentence into the status line.
func (a *App) say(role themes.Role, text string) {
	a.status = status{role: role, line: draw.Line{draw.T(role, text)}}
}

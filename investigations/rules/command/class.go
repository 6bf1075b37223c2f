package command

// Class is a kind of danger. Its text is the form used in rules and JSON.
type Class string

// The classes.
const (
	Credentials Class = "credentials"      // reads or hunts for passwords, keys and tokens
	Privilege   Class = "privilege"        // gains or prepares root
	DownloadRun Class = "download_and_run" // fetches or decodes code and runs it
	RemoteShell Class = "remote_shell"     // hands a shell to another machine
	Persistence Class = "persistence"      // stays on the host or comes back to it
	Lateral     Class = "lateral_movement" // looks for or enters other machines
	Exfil       Class = "exfiltration"     // gathers or carries data away
	LogTamper   Class = "log_tampering"    // wipes traces or stops the watching
)

// techniques holds the ATT&CK technique that stands for a class. A finding may
// name a narrower one.
var techniques = map[Class]string{
	Credentials: "T1552", Privilege: "T1548", DownloadRun: "T1105", RemoteShell: "T1059.004",
	Persistence: "T1098", Lateral: "T1021", Exfil: "T1048", LogTamper: "T1070",
}

// Classes lists every class, in the order of the documentation.
func Classes() []Class {
	return []Class{Credentials, Privilege, DownloadRun, RemoteShell, Persistence, Lateral, Exfil, LogTamper}
}

// Technique is the ATT&CK technique of the class, empty for an unknown class.
func (c Class) Technique() string { return techniques[c] }

// Finding is one danger in a line.
type Finding struct {
	Class     Class  `json:"class"`
	Technique string `json:"technique"` // ATT&CK id, as narrow as the command allows
	Why       string `json:"why"`       // for a person: what the command does
	// Text is the command that was judged, after quotes and wrappers came off,
	// cut to 200 bytes.
	Text string `json:"text"`
}

package framing

// rank numbers the keys under which an event may stand, in the order in which
// they are tried.
type rank uint8

const (
	rankEvent rank = iota // only as an object or as a text that is JSON
	rankEventOriginal
	rankOriginal
	rankSource
	rankRaw
	rankResult
	rankEventData
	rankFieldsMap
	rankOldFields
	rankFields
	rankItem
	rankNewImage
	rankStreamRecord
	rankMap
	rankText
	rankStringValue
	rankDocument
	rankUnstructured
	rankTeleport
	rankMessage
	rankLog
	rankLogProcessed
	rankJSONPayload
	rankTextPayload
	rankPayload
	rankBody
	rankData
	rankContent
	rankAttributes
	rankDetail
	rankRecord
	ranks
	rankNone = ranks
)

// wraps names what each envelope is, for the source table.
var wraps = [ranks]string{
	rankEvent: "splunk", rankEventOriginal: "elastic", rankOriginal: "elastic", rankSource: "elastic",
	rankRaw: "splunk", rankResult: "splunk", rankEventData: "event_data",
	rankFieldsMap: "dynamodb", rankOldFields: "dynamodb", rankFields: "firestore", rankItem: "dynamodb", rankNewImage: "dynamodb",
	rankStreamRecord: "dynamodb", rankMap: "dynamodb", rankText: "dynamodb",
	rankStringValue: "firestore", rankDocument: "firestore",
	rankUnstructured: "unstructured", rankTeleport: "datadog", rankMessage: "message",
	rankLog: "container log", rankLogProcessed: "fluentd",
	rankJSONPayload: "cloud logging", rankTextPayload: "cloud logging", rankPayload: "payload",
	rankBody: "body", rankData: "data", rankContent: "datadog", rankAttributes: "datadog",
	rankDetail: "detail", rankRecord: "record",
}

func rankOf(key []byte) rank {
	switch string(key) {
	case "event":
		return rankEvent
	case "event.original":
		return rankEventOriginal
	case "original":
		return rankOriginal
	case "_source":
		return rankSource
	case "_raw":
		return rankRaw
	case "result":
		return rankResult
	case "unstructured":
		return rankUnstructured
	case "teleport":
		return rankTeleport
	case "message", "@message", "Message", "MESSAGE":
		return rankMessage
	case "log":
		return rankLog
	case "log_processed":
		return rankLogProcessed
	case "jsonPayload":
		return rankJSONPayload
	case "textPayload":
		return rankTextPayload
	case "payload":
		return rankPayload
	case "body":
		return rankBody
	case "data":
		return rankData
	case "content":
		return rankContent
	case "attributes":
		return rankAttributes
	case "detail":
		return rankDetail
	case "record":
		return rankRecord
	}
	return rankOfTable(key)
}

// rankOfTable ranks the keys of the databases that Teleport writes events to.
func rankOfTable(key []byte) rank {
	switch string(key) {
	case "event_data":
		return rankEventData
	case "FieldsMap":
		return rankFieldsMap
	case "Fields":
		return rankOldFields
	case "fields":
		return rankFields
	case "Item", "item":
		return rankItem
	case "NewImage":
		return rankNewImage
	case "dynamodb":
		return rankStreamRecord
	case "M":
		return rankMap
	case "S":
		return rankText
	case "stringValue":
		return rankStringValue
	case "document":
		return rankDocument
	}
	return rankNone
}

// isHolder tells whether a key may hold a list of records: answers of APIs and
// consoles put one around what they found.
func isHolder(key []byte) bool {
	switch string(key) {
	case "Items", "items", "hits", "data", "results", "rows", "result", "ResultSet", "Rows", "events", "Events",
		"Records", "records", "logEvents", "documents", "entries", "logs":
		return true
	}
	return false
}

// span is a stretch of the bytes in hand; empty when there is none.
type span struct{ from, to int }

func (s span) empty() bool { return s.to == 0 }

// maxLists bounds the lists of one object that are looked into.
const maxLists = 8

// parts is what one look at an object's members finds.
type parts struct {
	at      [ranks]span
	any     bool // one of at is set
	lists   [maxLists]span
	listed  int  // how many of lists are set
	cells   span // a query result's row
	kind    span // `event` as a text that is no JSON: this is an event
	typed   bool // `event` is {"S":…}: a DynamoDB map
	known   bool // has `time`, `code`, `uid` or `ei`
	added   bool // holds keys that a pipeline added
	renamed bool // holds `addr.…` under a name that a pipeline made
	panther bool // `p_…` keys are Panther's
	dotted  bool // has Teleport's own `addr.…`
	packed  span // the event of a DynamoDB item, compressed
	bad     bool
	end     int
}

// look reads the members of an object.
func look(b []byte, p *parts) {
	m := walk(b)
	for {
		key, from, to, ok := m.next()
		if !ok {
			break
		}
		if len(key) == 0 {
			continue
		}
		p.decorated(key, b[from:to])
		switch string(key) {
		case "time", "code", "uid", "ei":
			p.known = true
			continue
		case "FieldsMapGzip":
			p.packed = span{from, to}
			continue
		}
		c := b[from]
		if r := rankOf(key); r != rankNone {
			switch {
			case r == rankEvent && c == '"' && !isJSONText(b[from+1:to-1]):
				if to-from > 2 {
					p.kind = span{from, to}
				}
			case c == '{' || c == '"' && to-from > 2:
				p.at[r], p.any = span{from, to}, true
			}
		}
		if c == '[' && (string(key) == "data" || string(key) == "Data") {
			p.cells = span{from, to}
		}
		if (c == '[' || c == '{') && p.listed < maxLists && isHolder(key) {
			p.lists[p.listed] = span{from, to}
			p.listed++
		}
	}
	p.bad, p.end = m.bad, m.end
	if s := p.at[rankEvent]; !s.empty() && b[s.from] == '{' {
		p.typed = isTypedText(b[s.from:s.to])
	}
}

// isJSONText tells whether the inside of a text is written JSON.
func isJSONText(b []byte) bool {
	i := skipSpace(b, 0)
	return i < len(b) && b[i] == '{'
}

// isTypedText tells whether an object is {"S":"…"}.
func isTypedText(b []byte) bool {
	m := walk(b)
	key, from, _, ok := m.next()
	if !ok || string(key) != "S" || b[from] != '"' {
		return false
	}
	_, _, _, more := m.next()
	return !more && !m.bad
}

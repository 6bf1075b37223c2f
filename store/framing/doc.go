// Package framing finds the audit events inside any content people hand over
// and says which bytes each came from, so that the store keeps the content byte
// for byte and indexes the events themselves.
//
// Sniff looks at the head of a content and gives the Framer for it: lines,
// a stream of JSON values (pretty-printed objects, an array, or a list inside
// an answer such as DynamoDB's `Items`), or CSV. Each cuts the content into
// records; one unwrapper then takes a record out of what was put around it:
// Splunk, Elastic, Logstash, fluentd, Datadog, DynamoDB, Firestore, Postgres,
// Athena, `tctl`, container and syslog prefixes. Where JSON is damaged, framing
// goes on with the next line that can start a record.
//
// Rules:
//   - An object whose `event` is a text is an event, whatever else it holds;
//     only objects without it are searched for one. Envelopes nest at most four
//     deep. An unwrapped event must also have `time`, `code`, `uid` or `ei`.
//   - An event is given as a stretch of the data wherever it stands there.
//     Where it had to be made (an escaped text, DynamoDB's type wrappers), Form
//     makes the same bytes again from the stretch, so they need no room.
//   - The pieces of a line that a container runtime cut are one record.
//   - Keys that pipelines add (`@timestamp`, Panther's `p_…`) are left out and
//     those they rename (`addr_remote`) get Teleport's name back: the event of
//     a copy then equals the original, and pivots find its addresses.
//   - What a content gives does not depend on how it is cut into calls, no byte
//     is looked at more than a fixed number of times, and no record is longer
//     than MaxRecord. Bytes that are no UTF-8 pass through.
package framing

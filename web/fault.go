package web

import (
	"strings"
)

// faultOf finds what is wrong with a field; empty when nothing is.
func faultOf(faults []Fault, field string) string {
	for _, f := range faults {
		if f.Field == field {
			return f.Message
		}
	}
	return ""
}

// describedBy names the elements that describe a field, for a screen reader.
func describedBy(faults []Fault, field, id string, others ...string) string {
	ids := others
	if faultOf(faults, field) != "" {
		ids = append([]string{id + "-fault"}, others...)
	}
	return strings.Join(ids, " ")
}

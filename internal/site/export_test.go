package site

// Route is a route as the access test sees it.
type Route struct{ Method, Path, Who string }

// Routes lists the route table.
func Routes() []Route {
	var all []Route
	for _, r := range routes {
		all = append(all, Route{r.method, r.path, string(r.who)})
	}
	return all
}

// Engine lists the routes that the engine really answers, as "METHOD path".
func (s *Server) Engine() ([]string, error) {
	e, err := s.engine()
	if err != nil {
		return nil, err
	}
	var all []string
	for _, r := range e.Routes() {
		all = append(all, r.Method+" "+r.Path)
	}
	return all, nil
}

// Render is the small Markdown.
var Render = render

// InsidePath is the check of "next".
var InsidePath = insidePath

// Around is the part of a text that holds what was asked for.
var Around = around

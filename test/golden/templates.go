// Makes templates.json: what Go's text/template makes of metricsQuery templates, some written by hand, some random from a
// fixed seed. Run where Go is, from the repository's top:
//
//	go run test/golden/templates.go > test/golden/templates.json
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand"
	"os"
	"runtime"
	"strings"
	"text/template"
)

// The data of prometheus-adapter's templates, field by field.
type queryTemplateArgs struct {
	Series            string
	LabelMatchers     string
	LabelValuesByName map[string]string
	GroupBy           string
	GroupBySlice      []string
}

type testCase struct {
	Template string `json:"template"`
	Input    int    `json:"input"`
	Output   string `json:"output"`
	// parse or run; empty where there is an output.
	Fails string `json:"fails,omitempty"`
}

var inputs = []queryTemplateArgs{
	{"viewers", `service="web",namespace="tv"`, map[string]string{"service": "web", "namespace": "tv"}, "", []string{}},
	{"bytes_total", `ns="a",pod=~"x|y"`, map[string]string{"ns": "a", "pod": "x|y", "zone": ""}, "pod", []string{"pod"}},
	{"cpu", `container!="",é="<&'\">"`, map[string]string{"b": "2", "a": "1", "é": "<&'\">\\ =\n"}, "pod,container", []string{"pod", "container"}},
}

var written = []string{
	// fields and text
	`sum(<<.Series>>{<<.LabelMatchers>>}) by (<<.GroupBy>>)`, `<<.GroupBySlice>>`, `<<.LabelValuesByName>>`, `<<.>>`, `<<$>>`, `<<$.Series>>`,
	`1 < 2 > 0`, `<<>>`, `<< >>`, `<<.Series`, `.Series>>`, `<<.Serie>>`, `<<.Series.X>>`, `<<.GroupBySlice.X>>`, `<<.LabelValuesByName.service>>`,
	`<<.LabelValuesByName.missing>>`, `<<.LabelValuesByName.missing.more>>`, `<<.LabelValuesByName.service.more>>`, `<<(.LabelValuesByName).pod>>`,
	`<<.Series .GroupBy>>`, `<<. Series>>`, `<<.Series.>>`, `<<.1>>`, `<<"a".b>>`, `<<nil>>`, `<<(nil)>>`, `<<nil.x>>`, `<<true>> <<false>>`, `a<<"b">>c`,
	"<<.Series\n>>", "<<\n.Series | \nprint >>",
	// trim markers and comments
	"a \n <<- .Series ->> \n b", "a <<- 3 ->> b", "a <<-3>> b", "<<3 ->> x", "<<3->>", "a <<- /* c */ ->> b", "a <</* c */>> b", "a <<- /* c */>> b",
	"<</* a", "<</* a */ >>", "<</* a */x>>", "<<- /**/ ->>", "a<<- \n.Series\n->>b", "<<.Series->>", "  <<- .Series>>", "<<.Series -  >>", "<< /* a */ >>",
	// literals
	`<<"a\tb\n\"\\\x41\u00e9\101">>`, "<<`a\\n\"`>>", `<<"a\'">>`, `<<"a\q">>`, `<<"a>>`, "<<`a>>", `<<'a'>>`, `<<'\n'>>`, `<<'\''>>`, `<<'ab'>>`, `<<''>>`, `<<'é'>>`,
	`<<1>> <<-1>> <<+1>> <<0x1F>> <<0b11>> <<0o17>> <<017>> <<1_000>> <<0>> <<-0>>`, `<<08>>`, `<<1__0>>`, `<<0x>>`, `<<1.5>> <<.5>> <<1.>> <<1e3>> <<1E-7>> <<-2.5e2>>`,
	`<<1e21>> <<1e20>> <<123456789.0>> <<1e6>> <<0.0001>> <<0.00001>> <<100000.0>>`, `<<0x1p4>> <<0x1.8p1>>`, `<<1e999>>`, `<<1a>>`, `<<9223372036854775807>>`,
	`<<9223372036854775808>>`, `<<-9223372036854775808>>`, `<<99999999999999999999>>`, `<<1.0>>`, `<<0.1>>`, `<<"\ud800">>`, `<<"é日本">>`, `<<"\U0001F600">>`,
	// pipelines and parentheses
	`<<.Series | print>>`, `<<.Series | printf "%s-%s" "a">>`, `<<print (print 1 2) "x">>`, `<<(print 1)>>`, `<<((.Series))>>`, `<<(.Series>>`, `<<.Series)>>`, `<<()>>`,
	`<<.Series | >>`, `<<| print>>`, `<<.Series || print>>`, `<<1 | 2>>`, `<<1 | .Series>>`, `<<1 | (print 2)>>`, `<<1 | print | print | len>>`, `<<.Series | len | print>>`,
	`<<print 1,2>>`, `<<print 1(2)>>`, `<<print(1)>>`, `<<(print 1).x>>`, `<<print .LabelValuesByName.missing>>`, `<<print nil>>`, `<<nope 1>>`, `<<len>>`, `<<print>>`, `<<len.x>>`,
	`<<1 | $>>`, `<<"a" | "b">>`, `<<1 2>>`, `<<$.Series 1>>`, `<<.Series|print>>`, `<<print len>>`, `<<print true>>`, `<<truex>>`,
	// variables
	`<<$x := 1>><<$x>>`, `<<$x := 1>><<$x = 2>><<$x>>`, `<<$x>>`, `<<$x = 1>>`, `<<$x := .>><<$x.Series>>`, `<<$x:=1>><<$x>>`, `<<$x, $y := 1>>`, `<<$x := >>`, `<<$x := $x>>`,
	`<<$x := 1>><<if true>><<$x := 2>><<$x>><<end>><<$x>>`, `<<$x := 1>><<if true>><<$x = 2>><<$x>><<end>><<$x>>`, `<<if $x := .Series>><<$x>><<else>>n<<$x>><<end>>`,
	`<<if $x := .Series>><<end>><<$x>>`, `<<with $x := .Series>><<$x>><<.>><<end>>`, `<<$x.y := 1>>`, `<<$ := 1>><<$>>`, `<<print ($x := 1) $x>>`, `<<$x := 1 | print 2>><<$x>>`,
	`<<$x := .LabelValuesByName.missing>><<$x>>|<<print $x>>`, `<<$1 := 1>><<$1>>`, `<<$é := 1>><<$é>>`, `<<$x-y>>`, `<<$x := 1>><<range .GroupBySlice>><<$x = .>><<end>><<$x>>`,
	// if, with
	`<<if .GroupBy>>yes<<end>>`, `<<if .GroupBy>>yes<<else>>no<<end>>`, `<<if eq .GroupBy "pod">>one<<else if .GroupBy>>more<<else>>none<<end>>`, `<<if>>x<<end>>`, `<<if 1>>x`,
	`<<if 0>>a<<else if 0.0>>b<<else if "">>c<<else if false>>d<<else>>e<<end>>`, `<<if .>>s<<end>>`, `<<if .GroupBySlice>>l<<else>>e<<end>>`, `<<if .LabelValuesByName>>m<<end>>`,
	`<<if .LabelValuesByName.missing>>m<<else>>n<<end>>`, `<<if nil>>x<<end>>`, `<<if not .GroupBy>>empty<<end>>`, `<<if 1>>a<<else>>b<<else>>c<<end>>`, `<<else>>`, `<<end>>`,
	`<<if 1>>a<<else if>>b<<end>>`, `<<if 1>>a<<else with 1>>b<<end>>`, `<<with .GroupBy>>by <<.>><<end>>`, `<<with .GroupBy>>by <<.>><<else>>of <<.Series>><<end>>`,
	`<<with index .LabelValuesByName "pod">><<.>><<else with .Series>><<.>>!<<else>>x<<end>>`, `<<with .LabelValuesByName>><<.pod>><<end>>`, `<<with 1>><<$.Series>><<end>>`,
	`<<with>>x<<end>>`, `<<with .Series>><<.Series>><<end>>`, `<<if 1 ->>  x  <<- end>>`, `<<if 1>>a<<end x>>`, `<<if 1>>a<<else x>>b<<end>>`,
	// range
	`<<range .GroupBySlice>>[<<.>>]<<end>>`, `<<range .GroupBySlice>>[<<.>>]<<else>>none<<end>>`, `<<range $i, $x := .GroupBySlice>><<$i>>=<<$x>>,<<end>>`,
	`<<range $x := .GroupBySlice>><<$x>>,<<end>>`, `<<range .LabelValuesByName>><<.>>;<<end>>`, `<<range $k, $v := .LabelValuesByName>><<$k>>=<<printf "%q" $v>>,<<end>>`,
	`<<range $i, $x := .GroupBySlice>><<if $i>>,<<end>><<$x>><<end>>`, `<<range 3>><<.>><<end>>`, `<<range $i := 3>><<$i>><<end>>`, `<<range $i, $j := 3>>x<<end>>`, `<<range 0>>x<<else>>e<<end>>`,
	`<<range -1>>x<<else>>e<<end>>`, `<<range .Series>>x<<end>>`, `<<range 1.5>>x<<end>>`, `<<range .LabelValuesByName.missing>>x<<else>>e<<end>>`, `<<range>>x<<end>>`,
	`<<range .GroupBySlice>><<break>>x<<end>>`, `<<range .GroupBySlice>>a<<continue>>x<<end>>`, `<<range $k, $v := .LabelValuesByName>><<if eq $k "pod">><<break>><<end>><<$k>><<end>>`,
	`<<range $k, $v := .LabelValuesByName>><<if eq $v "">><<continue>><<end>><<$k>>;<<end>>`, `<<break>>`, `<<continue>>`, `<<if 1>><<break>><<end>>`, `<<range 2>><<range 2>><<break>><<end>>o<<end>>`,
	`<<$i := 9>><<$x := 8>><<range $i, $x = .GroupBySlice>><<end>><<$i>><<$x>>`, `<<$x := 8>><<range $x = .GroupBySlice>><<end>><<$x>>`, `<<range $a, $b, $c := .GroupBySlice>><<end>>`,
	`<<range $a, := .GroupBySlice>><<end>>`, `<<range .GroupBySlice>><<$.Series>><<end>>`, `<<range $i, $x := .GroupBySlice>><<end>><<$x>>`, `<<range .>>x<<end>>`, `<<range .GroupBySlice>>x<<else if 1>>y<<end>>`,
	`<<range 3>><<$x := .>><<$x>><<end>>`, `<<range (slice .GroupBySlice 0)>><<.>> <<end>>`, `<<range index .GroupBySlice 0>>x<<end>>`, `<<range break>>x<<end>>`, `<<range len .Series>>.<<end>>`,
	// define, template, block
	`<<define "x">>[<<.>>]<<end>><<template "x" .Series>>`, `<<template "x">><<define "x">>[<<.>>]<<end>>`, `<<template "nope">>`, `<<if 0>>a<<end>>ok`,
	`<<block "b" .GroupBy>>{<<.>>}<<end>>`, `<<block "b" .>>1<<end>><<template "b">>`, `<<define "x">>1<<end>><<define "x">>2<<end>><<template "x">>`, `<<define "x">> <<end>><<define "x">>2<<end>><<template "x">>`,
	`<<define "x">>2<<end>><<define "x">> <<end>><<template "x">>`, `<<define x>>1<<end>>`, `<<define "x">>1`, `<<define "x">>1<<else>>2<<end>>`, `<<if 1>><<define "x">>1<<end>><<end>>`, `<<template x>>`, `<<template>>`,
	`<<$x := 1>><<define "y">><<$x>><<end>>`, `<<define "y">><<$.Series>><<end>><<template "y" .>>`, `<<define "y">><<$>><<end>><<template "y" 3>>`, `<<template "metrics-query">>`, `<<block "b">>x<<end>>`,
	"<<define `r`>><<if lt (len .) 6>>.<<template `r` (print . `a`)>><<end>><<end>><<template `r` ``>>", `<<range 2>><<block "b" .>><<break>><<end>><<end>>`, `<<range 2>><<block "b" .>><<.>><<end>>-<<end>>`,
	`<<define "a">>A<<template "b" .>><<end>><<define "b">>B<<.>><<end>><<template "a" 1>>`, `<<define "x" 1>>y<<end>>`, `<<template "x" 1 2>><<define "x">>y<<end>>`, `<<block "x" 1 2>>y<<end>>`,
	// and, or, not
	`<<and 1 0 2>> <<and 1 2>> <<and "">> <<or 0 "" 3>> <<or 0 "">> <<not 0>> <<not "a">>`, `<<and>>`, `<<or>>`, `<<not>>`, `<<not 1 2>>`, `<<or 1 (index .GroupBySlice 99)>>`, `<<and 0 (index .GroupBySlice 99)>>`,
	`<<or 0 (index .GroupBySlice 99)>>`, `<<0 | or 5>>`, `<<0 | or>>`, `<<3 | and 1>>`, `<<and nil 1>>`, `<<or nil nil>>`, `<<and true true | not>>`, `<<or .GroupBy .Series>>`, `<<and .GroupBySlice .LabelValuesByName>>`,
	// comparisons
	`<<eq 1 1>> <<eq 1 2>> <<eq "a" "a">> <<eq 1 2 3 1>> <<ne 1 2>> <<lt 1 2>> <<le 2 2>> <<gt 2 1>> <<ge 1 2>>`, `<<eq 1 1.0>>`, `<<eq 1 "1">>`, `<<eq 1.5 1.5>>`, `<<lt "a" "b">> <<gt "b" "a">>`, `<<lt true false>>`,
	`<<eq true true>>`, `<<eq 1>>`, `<<eq>>`, `<<lt 1>>`, `<<eq nil nil>>`, `<<eq nil 1>>`, `<<eq .GroupBySlice nil>>`, `<<eq .GroupBySlice .GroupBySlice>>`, `<<eq .LabelValuesByName nil>>`, `<<lt nil 1>>`, `<<eq "a" nil>>`,
	`<<eq (index "abc" 0) 97>> <<lt (index "abc" 0) 98>> <<gt 98 (index "abc" 0)>>`, `<<eq 'a' 97>>`, `<<lt 1.5 2.5>>`, `<<lt 1 2.5>>`, `<<ne 1 2 3>>`, `<<"a" | eq "a">>`, `<<1 | lt 0>>`, `<<eq .Series "viewers" "cpu">>`,
	`<<ge "b" "a">> <<le "b" "a">>`, `<<eq .LabelValuesByName.missing nil>>`, `<<eq .LabelValuesByName.missing "">>`, `<<eq . .>>`, `<<eq 1 1 "a">>`, `<<eq 1 "a" 1>>`, `<<lt .GroupBySlice 1>>`, `<<ge nil nil>>`,
	// index, slice, len
	`<<index .LabelValuesByName "pod">>`, `<<index .LabelValuesByName "missing">>.`, `<<index .GroupBySlice 0>>`, `<<index .GroupBySlice 1>>`, `<<index .GroupBySlice -1>>`, `<<index "abc" 1>>`, `<<index "é" 0>>`, `<<index .GroupBySlice "0">>`,
	`<<index .LabelValuesByName 1>>`, `<<index .GroupBySlice>>`, `<<index nil 1>>`, `<<index 1 1>>`, `<<index .GroupBySlice 0 0>>`, `<<index .LabelValuesByName "pod" 0>>`, `<<index .GroupBySlice 0.0>>`, `<<"pod" | index .LabelValuesByName>>`,
	`<<slice .Series 1>> <<slice .Series 0 2>> <<slice .Series>>`, `<<slice .Series 2 1>>`, `<<slice .Series 0 99>>`, `<<slice .Series 0 1 2>>`, `<<slice .GroupBySlice 0 1>>`, `<<slice .GroupBySlice 1>>`, `<<slice .GroupBySlice 0 1 1>>`,
	`<<slice .GroupBySlice 0 0 0 0>>`, `<<slice .LabelValuesByName 0>>`, `<<slice nil>>`, `<<slice 1>>`, `<<len .Series>> <<len .GroupBySlice>> <<len .LabelValuesByName>> <<len "é">>`, `<<len 1>>`, `<<len nil>>`, `<<len .>>`, `<<len "a" "b">>`,
	`<<slice "日本" 0 3>>`, `<<index .GroupBySlice nil>>`, `<<index .>>`, `<<index .LabelValuesByName nil>>`,
	// print, println
	`<<print 1 2>> <<print 1 "a" 2>> <<print "a" "b">> <<print "a" 1 2 "b">> <<print true false>> <<print nil 1>>`, `<<println 1 "a">>x`, `<<println>>`, `<<print .GroupBySlice 1>>`, `<<print .LabelValuesByName .GroupBySlice>>`, `<<print 1.5 2>>`,
	`<<print .>>`, `<<println nil>>`, `<<print (index "abc" 0)>>`, `<<print 1e100>> <<print 5e-324>> <<print 1.7976931348623157e308>>`,
	// printf
	`<<printf "%s %d %v %t %q %x %X" "a" 1 "v" true "q" "hex" "hex">>`, `<<printf "%d" "a">>`, `<<printf "%s" 1>>`, `<<printf "%s">>`, `<<printf "x" 1 "a" nil>>`, `<<printf "%z" 1>>`, `<<printf "%">>`, `<<printf "100%%">>`, `<<printf "%!" 1>>`,
	`<<printf "%5d|%-5d|%05d|%+d|% d|%x|%#x|%o|%#o|%O|%b|%#b|%c|%U|%#U|%q" 42 42 42 42 42 42 42 42 42 42 42 42 65 65 65 65>>`, `<<printf "%5s|%-5s|%.2s|%5.1s|%05s" "abc" "abc" "abc" "abc" "abc">>`,
	`<<printf "%f %.2f %8.3f %-8.1f| %e %.3e %g %.3g %G %E" 1.5 1.005 3.14159 2.5 1234.5 1234.5 1234.5 1234.5 1e-7 1.5>>`, `<<printf "%.0f %.0f %.0f %.0f %.1f %.1e" 0.5 1.5 2.5 3.5 0.25 2.25>>`, `<<printf "%v %v" 1e6 123456.789>>`,
	`<<printf "%6.2f|%06.2f|%+.1f|% .1f|%+v|%+g" 3.14159 3.14159 1.0 1.0 1.5 1.5>>`, `<<printf "%g %g %g %g %g" 0.0 100.0 1e20 1e21 0.00001>>`, `<<printf "%.3g %.10g %.1g %.0g %g" 1234567.0 1234567.0 0.00012345 15.0 1e5>>`,
	`<<printf "%d" 1.5>>`, `<<printf "%f" 1>>`, `<<printf "%s" .GroupBySlice>>`, `<<printf "%q" .GroupBySlice>>`, `<<printf "%d" .GroupBySlice>>`, `<<printf "%v" .LabelValuesByName>>`, `<<printf "%q" .LabelValuesByName>>`, `<<printf "%+v" .>>`, `<<printf "%s" .>>`,
	`<<printf "%#v %#v %#v %#v %#v %#v" "a" 1 1.5 true .GroupBySlice .LabelValuesByName>>`, `<<printf "%T %T %T %T %T %T" "a" 1 1.5 true .GroupBySlice .LabelValuesByName>>`, `<<printf "%T" nil>>`, `<<printf "%v %s %d" nil nil nil>>`,
	`<<printf "%*d|%-*d|%.*f" 5 1 5 1 2 3.14159>>`, `<<printf "%*d" "a" 1>>`, `<<printf "%[2]s %[1]s" "a" "b">>`, `<<printf "%[3]s" "a">>`, `<<printf "%[1]s %s" "a" "b">>`, `<<printf "%[1]*[2]d" 5 7>>`, `<<printf "%[x]s" "a">>`, `<<printf 1>>`, `<<printf>>`, `<<printf nil>>`,
	`<<"x" | printf "%s-%s" "a">>`, `<<printf "%s" true>>`, `<<printf "%t" "a">>`, `<<printf "%q" 65>>`, `<<printf "%+q %q %#q" "é\n\x00" "é\t\"\\" "a">>`, `<<printf "%x|% x|%#x|%# X" "abc" "abc" "abc" "abc">>`, `<<printf "%w" "a">>`, `<<printf "%5t|%-7t|" true false>>`,
	`<<printf "%v" (index "abc" 0)>>`, `<<printf "%c" 233>>`, `<<printf "%8q|%-8q|" "a" "b">>`, `<<printf "%5v|%-8v|%3s" .GroupBySlice .GroupBySlice .GroupBySlice>>`, `<<printf .Series>>`, `<<printf "%s" (print 1)>>`, `<<printf "%-010d|%+05d|%x" 3 4 -255>>`, `<<printf "%.3d|%8.3d|%.0d|" 5 5 0>>`,
	`<<printf "%é" 1>>`, `<<printf "%+d %+d" 5 -5>>`, `<<printf "%5.1f%%" 99.55>>`, `<<printf "%-5s|" "é">>`, `<<printf "%.f" 2.5>>`, `<<printf "%05d" -42>>`, `<<printf "%+05.1f" 2.25>>`, `<<printf "%06.1f" -2.25>>`, `<<printf "%F" 1.5>>`,
	// html, js, urlquery, call
	`<<html .LabelMatchers>>`, `<<js .LabelMatchers>>`, `<<urlquery .LabelMatchers>>`, `<<html "a\x00b" 1 2>>`, `<<html nil>>`, `<<js "a'\"\\<>&=\n日\u200b">>`, `<<urlquery "a b&c=d/e~f*(x)'!">>`, `<<urlquery 1 2>>`, `<<html>>`, `<<js 1 "a">>`, `<<.Series | html | js>>`,
	`<<html .LabelValuesByName>>`, `<<js .LabelValuesByName>>`, `<<urlquery .LabelValuesByName>>`, `<<call nil>>`, `<<call .Series>>`, `<<call>>`, `<<call 1 2>>`, `<<html .GroupBySlice>>`, `<<js nil>>`,
	// what rules in the wild use
	`sum(<<.Series>>{<<.LabelMatchers>>,container!="POD"}) by (<<.GroupBy>>)`, `histogram_quantile(0.9, sum(rate(<<.Series>>{<<.LabelMatchers>>}[2m])) by (le, <<.GroupBy>>))`,
	`sum(rate(<<.Series>>{<<range $k, $v := .LabelValuesByName>><<$k>>=~"<<$v>>",<<end>>}[5m])) by (<<.GroupBy>>)`, `<<if index .LabelValuesByName "pod">>avg<<else>>sum<<end>>(<<.Series>>)`,
	`sum(x{<<.LabelMatchers>>}) by (<<range $i, $l := .GroupBySlice>><<if $i>>, <<end>><<$l>><<end>>)`, `max(<<.Series>>{namespace=~"<<index .LabelValuesByName "namespace">>"}) <</* per tenant */>> by (<<.GroupBy>>)`,
}

func run(text string, input int) testCase {
	result := testCase{Template: text, Input: input}
	parsed, err := template.New("metrics-query").Delims("<<", ">>").Parse(text)
	if err != nil {
		result.Fails = "parse"
		return result
	}
	var out bytes.Buffer
	if err := parsed.Execute(&out, inputs[input]); err != nil {
		result.Fails = "run"
		return result
	}
	result.Output = out.String()
	return result
}

// Random templates: mostly right ones, so that they reach execution, some with a piece that is wrong.
type generator struct {
	*rand.Rand
	variables []string
	loops     int
}

func (g *generator) pick(choices ...string) string { return choices[g.Intn(len(choices))] }

func (g *generator) operand(depth int) string {
	if depth > 0 && g.Intn(3) == 0 {
		return "(" + g.pipeline(depth-1) + ")"
	}
	if len(g.variables) > 0 && g.Intn(3) == 0 {
		return g.variables[g.Intn(len(g.variables))]
	}
	return g.pick("$.Series", "$.GroupBy", "$.GroupBySlice", "$.LabelValuesByName", "$.LabelMatchers", ".", `"a"`, `"pod"`, "`b`", "0", "1", "2", "1.5", "true", "false", "nil", "'x'", "$.LabelValuesByName.pod")
}

func (g *generator) command(depth int) string {
	switch g.Intn(14) {
	case 0:
		return g.pick("eq", "ne", "lt", "le", "gt", "ge") + " " + g.operand(depth) + " " + g.operand(depth)
	case 1:
		return g.pick("and", "or") + " " + g.operand(depth) + " " + g.operand(depth)
	case 2:
		return g.pick("not", "len", "html", "js", "urlquery", "print", "println") + " " + g.operand(depth)
	case 3:
		return "index $.LabelValuesByName " + g.pick(`"pod"`, `"ns"`, `"none"`, g.operand(depth))
	case 4:
		return "index $.GroupBySlice " + g.operand(depth)
	case 5:
		return "slice " + g.operand(depth) + " " + g.pick("0", "1", "2") + g.pick("", " 1", " 2")
	case 6:
		return "print " + g.operand(depth) + " " + g.operand(depth) + " " + g.operand(depth)
	case 7, 8:
		return "printf " + g.pick(`"%v"`, `"%s"`, `"%q"`, `"%d"`, `"%5v|"`, `"%-4s|"`, `"%x"`, `"%05d"`, `"%t"`, `"%.1f"`) + " " + g.operand(depth)
	default:
		return g.operand(depth)
	}
}

func (g *generator) pipeline(depth int) string {
	text := g.command(depth)
	for g.Intn(4) == 0 {
		text += g.pick(" | ", "|") + g.pick("print", "len", "not", "html", `printf "%v"`, `printf "%q"`, `eq "a"`, "or 0", "and 1", "js", "index $.LabelValuesByName")
	}
	return text
}

func (g *generator) open() string  { return g.pick("<<", "<<", "<< ", "<<- ") }
func (g *generator) close() string { return g.pick(">>", ">>", " >>", " ->>") }

func (g *generator) list(depth int) string {
	known := len(g.variables)
	var text strings.Builder
	for range 1 + g.Intn(3) {
		text.WriteString(g.node(depth))
	}
	g.variables = g.variables[:known]
	return text.String()
}

func (g *generator) node(depth int) string {
	action := func(inside string) string { return g.open() + inside + g.close() }
	kind := g.Intn(10)
	if depth == 0 && kind > 4 {
		kind = 1
	}
	switch kind {
	case 0:
		return g.pick(" a ", "b\n", "{", "}", " ", ",x")
	case 1, 2, 3:
		return action(g.pipeline(2))
	case 4:
		name := g.pick("$a", "$b", "$c")
		text := action(name + g.pick(" := ", ":=") + g.pipeline(1))
		g.variables = append(g.variables, name)
		return text
	case 5, 6:
		text := action("if "+g.pipeline(1)) + g.list(depth-1)
		if g.Intn(2) == 0 {
			text += action("else if "+g.pipeline(1)) + g.list(depth-1)
		}
		if g.Intn(2) == 0 {
			text += action("else") + g.list(depth-1)
		}
		return text + action("end")
	case 7:
		return action("with "+g.pipeline(1)) + g.list(depth-1) + action("else") + g.list(depth-1) + action("end")
	case 8:
		known := len(g.variables)
		g.variables = append(g.variables, "$k", "$v")
		text := action("range $k, $v := "+g.pick("$.GroupBySlice", "$.LabelValuesByName", g.operand(1))) + g.list(depth-1)
		if g.Intn(3) == 0 {
			text += action("if "+g.pipeline(1)) + action(g.pick("break", "continue")) + action("end")
		}
		text += g.pick("", action("else")+"e") + action("end")
		g.variables = g.variables[:known]
		return text
	default:
		return action("range "+g.pick("$.GroupBySlice", "$.LabelValuesByName", "3", g.operand(1))) + "<<.>>" + g.list(depth-1) + action("end")
	}
}

var pieces = []string{
	"<<", "<<", "<<", ">>", ">>", ">>", "<<- ", " ->>", " ", " ", ".Series", ".GroupBySlice", ".LabelValuesByName", ".", "$", "$x", "$x := 1", "$x = 2", "$i, $x := ", "if ", "else ", "else", "end", "<<end>>", "<<end>>",
	"<<else>>", "range ", "with ", `define "d"`, `template "d"`, `block "b" .`, "break", "continue", "nil", "true", "1", "-2", "1.5", "0x1g", "'a'", `"s"`, `"s`, "`r`", "(", ")", "|", ",", "=", ":=", "print", "len", "index",
	"slice", "eq", `printf "%v"`, "nope", "/* c */", "/*", "*/", "\n", "text", "@", ".Series.X", "é", "_", "%", "-", "\\", "..", "$.Series", "$x.Series", "(print 1).x",
}

func main() {
	var cases []testCase
	for _, text := range written {
		for input := range inputs {
			one := run(text, input)
			// One input is enough where the others say the same.
			if input == 0 || one.Output != cases[len(cases)-1].Output || one.Fails != cases[len(cases)-1].Fails {
				cases = append(cases, one)
			}
		}
	}
	g := &generator{Rand: rand.New(rand.NewSource(20261124))}
	counts := map[string]int{}
	for counts[""] < 300 {
		g.variables = nil
		one := run(g.list(2), g.Intn(len(inputs)))
		// Long ones say no more than short ones.
		if len(one.Template) > 400 || (one.Fails != "" && counts[one.Fails] >= 60) {
			continue
		}
		counts[one.Fails]++
		cases = append(cases, one)
	}
	// Pieces in any order: mostly faults, which must be the same ones.
	for len(cases) < 1400 {
		var text strings.Builder
		for range 2 + g.Intn(11) {
			text.WriteString(pieces[g.Intn(len(pieces))])
		}
		one := run(text.String(), g.Intn(len(inputs)))
		if one.Fails != "parse" || g.Intn(5) == 0 {
			cases = append(cases, one)
		}
	}
	type input struct {
		Series       string            `json:"series"`
		Matchers     string            `json:"matchers"`
		ValuesByName map[string]string `json:"valuesByName"`
		GroupBy      []string          `json:"groupBy"`
	}
	var shown []input
	for _, one := range inputs {
		shown = append(shown, input{one.Series, one.LabelMatchers, one.LabelValuesByName, one.GroupBySlice})
	}
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetEscapeHTML(false)
	fmt.Printf("{\n\"madeBy\": \"go run test/golden/templates.go > test/golden/templates.json\",\n\"go\": %q,\n\"inputs\": ", runtime.Version())
	_ = encoder.Encode(shown)
	fmt.Print(",\"cases\": [\n")
	for index, one := range cases {
		if index > 0 {
			fmt.Print(",")
		}
		_ = encoder.Encode(one)
	}
	fmt.Println("]}")
}

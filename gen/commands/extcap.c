// SPDX-License-Identifier: GPL-2.0-or-later
// dsmipgen as a source in Wireshark's list of interfaces (extcap): what Wireshark asks for, the dialog, and the
// capture.
//
// Nothing goes to standard error but what the user must know: Wireshark shows it in a box.
#include "commands/extcap.h"

#include "commands/live_option.h"
#include "language/library.h"
#include "language/rule_ids.h"
#include "language/scenario.h"
#include "output/live.h"
#include "output/sink_pcapng.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <pcap/pcap.h>
#include <string.h>
#include <unistd.h>

#define INTERFACE "dsmipgen"
#define DEFAULT_SCENARIO "coa_mode"
#define SNAPLEN 262144

static struct {
	gboolean lists_interfaces;
	gboolean lists_dlts;
	gboolean shows_dialog;
	gboolean captures;
	gboolean cleans_up;
	char *interface;
	char *version;
	char *reload;
	char *filter;
	char *fifo;
	char *scenario;
	char *file;
	char *set;
	char *nodes;
	char *seed;
	live_option_t live;
} o;

static const GOptionEntry options[] = {
	{"extcap-interfaces", 0, 0, G_OPTION_ARG_NONE, &o.lists_interfaces, NULL, NULL},
	{"extcap-dlts", 0, 0, G_OPTION_ARG_NONE, &o.lists_dlts, NULL, NULL},
	{"extcap-config", 0, 0, G_OPTION_ARG_NONE, &o.shows_dialog, NULL, NULL},
	{"extcap-cleanup-postkill", 0, 0, G_OPTION_ARG_NONE, &o.cleans_up, NULL, NULL},
	{"extcap-interface", 0, 0, G_OPTION_ARG_STRING, &o.interface, NULL, NULL},
	{"extcap-version", 0, 0, G_OPTION_ARG_STRING, &o.version, NULL, NULL},
	{"extcap-reload-option", 0, 0, G_OPTION_ARG_STRING, &o.reload, NULL, NULL},
	{"extcap-capture-filter", 0, 0, G_OPTION_ARG_STRING, &o.filter, NULL, NULL},
	{"capture", 0, 0, G_OPTION_ARG_NONE, &o.captures, NULL, NULL},
	{"fifo", 0, 0, G_OPTION_ARG_FILENAME, &o.fifo, NULL, NULL},
	{"scenario", 0, 0, G_OPTION_ARG_STRING, &o.scenario, NULL, NULL},
	{"file", 0, 0, G_OPTION_ARG_FILENAME, &o.file, NULL, NULL},
	{"set", 0, 0, G_OPTION_ARG_STRING, &o.set, NULL, NULL},
	{"nodes", 0, 0, G_OPTION_ARG_STRING, &o.nodes, NULL, NULL},
	{"seed", 0, 0, G_OPTION_ARG_STRING, &o.seed, NULL, NULL},
	LIVE_ENTRIES(o.live),
	G_OPTION_ENTRY_NULL,
};

bool extcap_is_meant(char **words)
{
	for (; *words; words++)
		if (g_str_has_prefix(*words, "--extcap-") || strcmp(*words, "--capture") == 0)
			return true;
	return false;
}

static void print_interfaces(void)
{
	g_print("extcap {version=" DSMIPV4_VERSION "}{display=DSMIPv4 traffic generator}\n"
		"interface {value=" INTERFACE "}{display=DSMIPv4 scenarios (dsmipgen)}\n");
}

static void print_dlts(void)
{
	g_print("dlt {number=%d}{name=EN10MB}{display=Ethernet}\n", DLT_EN10MB);
}

// Braces end a value in the language of extcap.
static char *plain(const char *text)
{
	return g_strdelimit(g_strdup(text), "{}", '\'');
}

static void print_value(const char *name, const char *summary)
{
	g_autofree char *text = plain(summary);

	g_print("value {arg=0}{value=%s}{display=%s: %s}{default=%s}\n", name, name, text,
		strcmp(name, DEFAULT_SCENARIO) == 0 ? "true" : "false");
}

// The values of the selector: flows, then rules, each with its near miss.
static bool print_scenarios(GError **error)
{
	g_auto(GStrv) flows = library_names("flows");
	g_auto(GStrv) names = library_names("rules");

	for (char **name = flows; *name; name++) {
		g_autoptr(scenario_t) scenario = scenario_load(*name, error);

		if (!scenario)
			return false;
		print_value(*name, scenario->summary);
	}
	for (unsigned i = 0; i < rule_count; i++) {
		g_autofree char *near_miss = g_strconcat(rules[i].id, ".near_miss", NULL);
		g_autofree char *summary = g_strconcat("Near miss: ", rules[i].text, NULL);

		if (!g_strv_contains((const char *const *)names, rules[i].id))
			continue;
		print_value(rules[i].id, rules[i].text);
		print_value(near_miss, summary);
	}
	return true;
}

static bool print_dialog(GError **error)
{
	g_print("arg {number=0}{call=--scenario}{display=Scenario}{type=selector}{reload=true}{placeholder=Load "
		"scenarios}"
		"{tooltip=A flow that conforms, or a rule that is broken}\n"
		"arg {number=1}{call=--file}{display=Scenario file}{type=fileselect}{mustexist=true}"
		"{fileext=Scenarios (*.yaml)}{tooltip=A file of your own, instead of the scenario above}\n"
		"arg {number=2}{call=--nodes}{display=Mobile nodes}{type=string}{validation=^[0-9]*$}"
		"{tooltip=How many nodes carry out the scenario. Empty: those of the scenario}\n"
		"arg {number=3}{call=--pps}{display=Packets per second}{type=string}{validation=^[0-9.]*$}"
		"{tooltip=Empty: the times of the scenario}\n"
		"arg {number=4}{call=--loop}{display=Rounds}{type=unsigned}{default=0}"
		"{tooltip=How many times the scenario is carried out. 0: until the capture is stopped}\n"
		"arg {number=5}{call=--seed}{display=Seed}{type=unsigned}{default=1}"
		"{tooltip=Of what a scenario leaves to chance}\n"
		"arg {number=6}{call=--set}{display=Other values}{type=string}"
		"{tooltip=With spaces between, such as: mn1.coa=192.0.2.7 request.lifetime=30}\n");
	return print_scenarios(error);
}

// Packets that a capture filter lets through.
typedef struct {
	packet_source_t base;
	packet_source_t *inside;
	struct bpf_program program;
} filtered_t;

static bool compile(const char *filter, struct bpf_program *program, GError **error)
{
	pcap_t *pcap = pcap_open_dead(DLT_EN10MB, SNAPLEN);
	bool ok = pcap_compile(pcap, program, filter, 1, PCAP_NETMASK_UNKNOWN) == 0;

	if (!ok)
		fail(error, GEN_ERROR_SCENARIO, "capture filter '%s': %s", filter, pcap_geterr(pcap));
	pcap_close(pcap);
	return ok;
}

static bool next_filtered(packet_source_t *source, packet_t *packet)
{
	filtered_t *filtered = (filtered_t *)source;

	filtered->inside->makes_comments = source->makes_comments;
	filtered->inside->descriptor = source->descriptor;
	while (filtered->inside->next(filtered->inside, packet)) {
		const struct pcap_pkthdr header = {
			.caplen = (bpf_u_int32)packet->captured,
			.len = (bpf_u_int32)packet->length,
		};

		if (pcap_offline_filter(&filtered->program, &header, packet->bytes) != 0)
			return true;
	}
	return false;
}

static void free_filtered(packet_source_t *source)
{
	filtered_t *filtered = (filtered_t *)source;

	packet_source_free(filtered->inside);
	pcap_freecode(&filtered->program);
	g_free(filtered);
}

static packet_source_t *filter_source(packet_source_t *inside, const char *filter, GError **error)
{
	filtered_t *filtered = g_new0(filtered_t, 1);

	filtered->base = (packet_source_t){.next = next_filtered, .free = free_filtered, .is_live = true};
	filtered->inside = inside;
	if (compile(filter, &filtered->program, error))
		return &filtered->base;
	packet_source_free(inside);
	g_free(filtered);
	return NULL;
}

static bool is_given(const char *text)
{
	return text && text[0] != '\0';
}

// A number of the dialog, where an empty field is none.
static bool read_number(const char *text, const char *option, gint64 *number, GError **error)
{
	if (!is_given(text) || g_ascii_string_to_signed(text, 10, 0, G_MAXUINT32, number, NULL))
		return true;
	fail(error, GEN_ERROR_SCENARIO, "%s '%s'; expected a whole number", option, text);
	return false;
}

static packet_source_t *open_source(char **names, traffic_options_t *traffic, GError **error)
{
	const live_option_t live = {
		.pps = is_given(o.live.pps) ? o.live.pps : NULL,
		.loop = is_given(o.live.loop) ? o.live.loop : (char *)"0",
	};

	if (!read_number(o.nodes, "--nodes", &traffic->nodes, error) ||
	    !read_number(o.seed, "--seed", &traffic->seed, error))
		return NULL;
	packet_source_t *source = live_option_source(&live, names, traffic, error);
	return source && is_given(o.filter) ? filter_source(source, o.filter, error) : source;
}

// Whoever reads waits for a writer, and would do so without end.
static void let_reader_go(const char *fifo)
{
	int descriptor = g_open(fifo, O_WRONLY | O_CLOEXEC, 0);

	if (descriptor >= 0)
		close(descriptor);
}

static bool capture(GError **error)
{
	char *names[] = {is_given(o.file)       ? o.file
			 : is_given(o.scenario) ? o.scenario
						: (char *)DEFAULT_SCENARIO,
			 NULL};
	g_auto(GStrv) overrides = is_given(o.set) ? g_strsplit(o.set, " ", -1) : NULL;
	traffic_options_t traffic = TRAFFIC_DEFAULTS;
	GError *cause = NULL;

	if (!o.fifo) {
		fail(error, GEN_ERROR_SCENARIO, "--capture without --fifo; expected both");
		return false;
	}
	traffic.overrides = overrides;
	packet_source_t *source = open_source(names, &traffic, error);
	if (!source) {
		let_reader_go(o.fifo);
		return false;
	}
	bool ok = sink_write(&sink_pcapng, o.fifo, source, &cause);
	packet_source_free(source);
	if (!ok && !live_is_stopped())
		g_propagate_error(error, g_steal_pointer(&cause));
	g_clear_error(&cause);
	return ok || live_is_stopped();
}

static bool check_interface(GError **error)
{
	if (o.interface && strcmp(o.interface, INTERFACE) == 0)
		return true;
	fail(error, GEN_ERROR_SCENARIO, "unknown interface '%s'; expected --extcap-interface=" INTERFACE,
	     o.interface ? o.interface : "");
	return false;
}

// Wireshark shows what a wrong filter gets as an answer, and takes no answer for a right one.
static void check_filter(void)
{
	struct bpf_program program;
	GError *error = NULL;

	if (compile(o.filter, &program, &error)) {
		pcap_freecode(&program);
		return;
	}
	g_print("%s\n", error->message);
	g_error_free(error);
}

static bool answer(GError **error)
{
	if (o.lists_interfaces) {
		print_interfaces();
		return true;
	}
	if (o.cleans_up)
		return true; // a capture leaves nothing behind
	if (!check_interface(error))
		return false;
	if (o.captures)
		return capture(error);
	if (o.lists_dlts)
		print_dlts();
	else if (o.shows_dialog)
		return o.reload ? print_scenarios(error) : print_dialog(error);
	else if (o.filter)
		check_filter();
	return true;
}

bool extcap_run(char **words, GError **error)
{
	g_auto(GStrv) rest = g_strdupv(words);
	GOptionContext *context = g_option_context_new(NULL);
	GError *cause = NULL;

	g_option_context_add_main_entries(context, options, NULL);
	bool ok = g_option_context_parse_strv(context, &rest, &cause);
	g_option_context_free(context);
	if (ok)
		return answer(error);
	fail(error, GEN_ERROR_SCENARIO, "%s; expected the options of extcap, see dsmipgen(1)", cause->message);
	g_error_free(cause);
	return false;
}

// SPDX-License-Identifier: GPL-2.0-or-later
// Texts and numbers in HTML, and the style sheet of all pages.
#include "base/html_text.h"

#include <stdarg.h>

#include "base/shape.h"

#define NANOSECONDS G_GINT64_CONSTANT(1000000000)

void html_text(GString *out, const char *text)
{
	char *valid = g_utf8_make_valid(text, -1);
	char *escaped = g_markup_escape_text(valid, -1);

	g_string_append(out, escaped);
	g_free(escaped);
	g_free(valid);
}

void html_printf(GString *out, const char *format, ...)
{
	va_list arguments;
	char *text;

	va_start(arguments, format);
	text = g_markup_vprintf_escaped(format, arguments);
	va_end(arguments);
	g_string_append(out, text);
	g_free(text);
}

void html_time(GString *out, gint64 time)
{
	gint64 seconds = time / NANOSECONDS - (time % NANOSECONDS < 0);
	GDateTime *date = time != TIME_UNKNOWN ? g_date_time_new_from_unix_utc(seconds) : NULL;
	char *text = date != NULL ? g_date_time_format(date, "%Y-%m-%d %H:%M:%S") : NULL;

	if (text != NULL)
		g_string_append_printf(out, "%s.%03d UTC", text, (int)((time - seconds * NANOSECONDS) / 1000000));
	else
		g_string_append_c(out, '-');
	g_free(text);
	if (date != NULL)
		g_date_time_unref(date);
}

void html_frame(GString *out, gint64 frame)
{
	if (frame != ABSENT)
		g_string_append_printf(out, "%" G_GINT64_FORMAT, frame);
	else
		g_string_append_c(out, '-');
}

const char html_style[] =
	":root{color-scheme:light dark;--paper:#fff;--ink:#1b1f24;--soft:#5b6570;--line:#d5dae0;--panel:#f5f7f9;"
	"--error:#b3261e;--warn:#9a5b00;--note:#1f5fa8;--chat:#5b6570;--good:#1a7340;--hoa:#3f6fb5;--coa:#2a8a6d;"
	"--direct:#a8741a;--unknown:#8a929b}"
	"@media(prefers-color-scheme:dark){:root{--paper:#14181d;--ink:#e6e9ed;--soft:#9aa5b1;--line:#333b45;"
	"--panel:#1c2229;--error:#ff8a80;--warn:#f2b45c;--note:#8ab8f5;--chat:#9aa5b1;--good:#6fd39b;--hoa:#7aa7ea;"
	"--coa:#5cc7a6;--direct:#dda94f;--unknown:#7f8994}}"
	"*{box-sizing:border-box}body{margin:0 auto;max-width:72rem;padding:1rem;background:var(--paper);"
	"color:var(--ink);font:15px/1.45 system-ui,sans-serif}"
	"h1{font-size:1.5rem;margin:.2rem 0;overflow-wrap:anywhere}h2{font-size:1.2rem;margin:1.8rem 0 .5rem;"
	"border-bottom:1px solid var(--line);overflow-wrap:anywhere}h3{font-size:1rem;margin:1rem 0 .3rem}"
	"a{color:var(--note)}code,.mono{font-family:ui-monospace,monospace;font-size:.9em}"
	".soft{color:var(--soft)}.scroll{overflow-x:auto}"
	"table{border-collapse:collapse;width:100%;margin:.4rem 0}th,td{text-align:left;vertical-align:top;"
	"padding:.25rem .7rem .25rem 0;border-bottom:1px solid var(--line)}th{color:var(--soft);font-weight:600;"
	"font-size:.85em}td.number,th.number{text-align:right}td.words{min-width:16rem}"
	"td.time,td.id,td.number{white-space:nowrap}td.bytes{max-width:15rem;overflow-wrap:anywhere}"
	".chip{display:inline-block;border:1px solid currentColor;border-radius:.6em;padding:0 .5em;font-size:.85em;"
	"font-weight:600;white-space:nowrap}"
	".error,.broken{color:var(--error)}.warn,.not-judged,.incomplete{color:var(--warn)}.note{color:var(--note)}"
	".chat,.off,.not-exercised{color:var(--chat)}.held,.conforms{color:var(--good)}"
	"details{border:1px solid var(--line);border-radius:.4rem;margin:.5rem 0;padding:.2rem .7rem;"
	"background:var(--panel)}summary{cursor:pointer;padding:.25rem 0;overflow-wrap:anywhere}"
	"details[open]>summary{border-bottom:1px solid var(--line);margin-bottom:.4rem}"
	"ul.plain{list-style:none;padding:0;margin:.3rem 0}ul.plain li{margin:.2rem 0;overflow-wrap:anywhere}"
	"tr:target,details:target{outline:2px solid var(--note)}"
	"svg{display:block;overflow:visible}svg text{fill:var(--ink);font-size:12px}svg text.soft{fill:var(--soft)}"
	"svg .axis{stroke:var(--line)}svg .life{stroke:var(--line);stroke-width:2}"
	"svg .binding{fill:var(--hoa);fill-opacity:.28;stroke:var(--hoa)}svg .binding.coa{fill:var(--coa);"
	"stroke:var(--coa)}svg .binding.ipv4{fill:var(--unknown);stroke:var(--unknown)}"
	"svg .tick{stroke:var(--ink);stroke-width:1.5}svg .request{fill:var(--paper);stroke:var(--ink)}"
	"svg .granted{fill:var(--good)}svg .denied{stroke:var(--error);stroke-width:2.5;fill:none}"
	"svg .finding{fill:var(--error)}svg .finding.warn{fill:var(--warn)}svg .finding.note{fill:var(--note)}"
	"svg .finding.chat{fill:var(--chat)}"
	"svg .traffic{fill:var(--unknown)}svg .traffic.hoa{fill:var(--hoa)}svg .traffic.coa{fill:var(--coa)}"
	"svg .traffic.fa-coa-direct{fill:var(--direct)}"
	"svg .arrow{stroke:var(--ink);fill:none}svg .arrow.denied{stroke:var(--error);stroke-width:1.5}"
	"svg .arrow.copy{stroke-dasharray:5 3}svg .head{fill:var(--ink)}svg .head.denied{fill:var(--error);stroke:none}"
	"svg text.halo{paint-order:stroke;stroke:var(--panel);stroke-width:4px}"
	"nav a{margin-right:1rem;white-space:nowrap}"
	"@media(max-width:40rem){body{padding:.6rem;font-size:14px}details{padding:.2rem .5rem}"
	"th,td{padding-right:.4rem}th{font-size:.8em}td.words{min-width:11rem}"
	"table.stack th{display:none}table.stack tr{display:block;border-bottom:1px solid var(--line);padding:.3rem 0}"
	"table.stack td{display:inline;border:0}table.stack td.words,table.stack "
	"td.bytes{display:block;min-width:0;max-width:none}"
	"table.stack td[data-label]::before{content:attr(data-label) \" \"}"
	"table.stack td[data-unit]::after{content:\" \" attr(data-unit)}svg text{font-size:11px}}"
	"@media print{:root{--paper:#fff;--ink:#000;--soft:#444;--line:#bbb;--panel:#fff;color-scheme:light}"
	"body{max-width:none;font-size:10pt}nav{display:none}.scroll{overflow:visible}td.words{min-width:0}"
	"td.words{overflow-wrap:break-word}"
	"details:not(.rfc)::details-content{content-visibility:visible;display:block}tr,svg,summary{break-inside:avoid}"
	"summary,h3{break-after:avoid}a{color:inherit;text-decoration:"
	"none}}";

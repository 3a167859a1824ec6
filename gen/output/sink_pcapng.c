// SPDX-License-Identifier: GPL-2.0-or-later
// pcapng files with a comment on each packet, by Wireshark's libwiretap.
#include "output/sink_pcapng.h"

#include <string.h>
#include <wiretap/wtap.h>
#include <ws_version.h>
#include <wsutil/wslog.h>

#define SNAPLEN 262144

static void fail_wiretap(int status, char *detail, GError **error)
{
	fail(error, GEN_ERROR_ENVIRONMENT, "%s%s%s", wtap_strerror(status), detail ? ": " : "", detail ? detail : "");
	g_free(detail);
}

// The library can be started once only.
static void start_wiretap(void)
{
	static gsize is_started;

	if (!g_once_init_enter(&is_started))
		return;
	ws_log_set_level(LOG_LEVEL_WARNING); // by default it writes debugging lines to stderr
	wtap_init(false);
	g_once_init_leave(&is_started, 1);
}

static void *open_pcapng(int descriptor, GError **error)
{
	wtap_dump_params params = WTAP_DUMP_PARAMS_INIT;
	char *detail = NULL;
	int status = 0;

	start_wiretap();
	params.encap = WTAP_ENCAP_ETHERNET;
	params.snaplen = SNAPLEN;
	params.tsprec = WTAP_TSPREC_USEC;
	wtap_dumper *dumper = wtap_dump_fdopen(descriptor, wtap_pcapng_file_type_subtype(), WTAP_UNCOMPRESSED, &params,
					       &status, &detail);
	if (!dumper)
		fail_wiretap(status, detail, error);
	return dumper;
}

// Since Wireshark 4.6 the bytes are part of the record.
#if WIRESHARK_VERSION_MAJOR > 4 || (WIRESHARK_VERSION_MAJOR == 4 && WIRESHARK_VERSION_MINOR >= 6)

static void init_record(wtap_rec *record, const packet_t *packet)
{
	wtap_rec_init(record, packet->length);
	ws_buffer_append(&record->data, packet->bytes, packet->length);
}

static bool dump_record(wtap_dumper *dumper, const wtap_rec *record, const packet_t *packet G_GNUC_UNUSED, int *status,
			char **detail)
{
	return wtap_dump(dumper, record, status, detail);
}

#else

static void init_record(wtap_rec *record, const packet_t *packet G_GNUC_UNUSED)
{
	wtap_rec_init(record);
}

static bool dump_record(wtap_dumper *dumper, const wtap_rec *record, const packet_t *packet, int *status, char **detail)
{
	return wtap_dump(dumper, record, packet->bytes, status, detail);
}

#endif

static bool put_pcapng(void *state, const packet_t *packet, GError **error)
{
	wtap_rec record = {0};
	char *detail = NULL;
	int status = 0;

	init_record(&record, packet);
	record.rec_type = REC_TYPE_PACKET;
	record.presence_flags = WTAP_HAS_TS | WTAP_HAS_CAP_LEN;
	record.ts.secs = packet->time / G_USEC_PER_SEC;
	record.ts.nsecs = (int)(packet->time % G_USEC_PER_SEC) * 1000;
	record.rec_header.packet_header.caplen = (guint32)packet->captured;
	record.rec_header.packet_header.len = (guint32)packet->length;
	record.rec_header.packet_header.pkt_encap = WTAP_ENCAP_ETHERNET;
	record.block = wtap_block_create(WTAP_BLOCK_PACKET);
	wtap_block_add_string_option(record.block, OPT_COMMENT, packet->comment, strlen(packet->comment));
	record.block_was_modified = TRUE;
	bool ok = dump_record(state, &record, packet, &status, &detail);
	wtap_rec_cleanup(&record);
	if (!ok)
		fail_wiretap(status, detail, error);
	return ok;
}

static bool flush_pcapng(void *state, GError **error)
{
	int status = 0;
	bool ok = wtap_dump_flush(state, &status);

	if (!ok)
		fail_wiretap(status, NULL, error);
	return ok;
}

static bool close_pcapng(void *state, GError **error)
{
	char *detail = NULL;
	int status = 0;
	bool ok = wtap_dump_close(state, NULL, &status, &detail);

	if (!ok)
		fail_wiretap(status, detail, error);
	return ok;
}

const sink_t sink_pcapng = {
	.name = "pcapng",
	.suffix = ".pcapng",
	.has_comments = true,
	.open = open_pcapng,
	.put = put_pcapng,
	.flush = flush_pcapng,
	.close = close_pcapng,
};

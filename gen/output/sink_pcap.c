// SPDX-License-Identifier: GPL-2.0-or-later
// Classic pcap files, by libpcap.
#include "output/sink_pcap.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <unistd.h>

#define SNAPLEN 262144
#define BUFFER_SIZE (1024 * 1024)

typedef struct {
	pcap_t *pcap;
	pcap_dumper_t *dumper;
} pcap_output_t;

static void *open_pcap(int descriptor, GError **error)
{
	pcap_output_t *output = g_new0(pcap_output_t, 1);
	FILE *file = fdopen(descriptor, "wb");

	if (file)
		setvbuf(file, NULL, _IOFBF, BUFFER_SIZE); // if memory is short, the default buffer stays
	output->pcap = pcap_open_dead(DLT_EN10MB, SNAPLEN);
	output->dumper = file ? pcap_dump_fopen(output->pcap, file) : NULL;
	if (output->dumper)
		return output;
	fail(error, GEN_ERROR_ENVIRONMENT, "%s", !file ? g_strerror(errno) : pcap_geterr(output->pcap));
	if (!file)
		close(descriptor);
	pcap_close(output->pcap);
	g_free(output);
	return NULL;
}

static bool put_pcap(void *state, const packet_t *packet, GError **error)
{
	pcap_output_t *output = state;
	struct pcap_pkthdr header = {
		.ts = {packet->time / G_USEC_PER_SEC, packet->time % G_USEC_PER_SEC},
		.caplen = (bpf_u_int32)packet->captured,
		.len = (bpf_u_int32)packet->length,
	};

	pcap_dump((u_char *)output->dumper, &header, packet->bytes);
	if (!ferror(pcap_dump_file(output->dumper)))
		return true;
	fail(error, GEN_ERROR_ENVIRONMENT, "%s", g_strerror(errno));
	return false;
}

static bool flush_pcap(void *state, GError **error)
{
	pcap_output_t *output = state;

	if (pcap_dump_flush(output->dumper) == 0)
		return true;
	fail(error, GEN_ERROR_ENVIRONMENT, "%s", g_strerror(errno));
	return false;
}

static bool close_pcap(void *state, GError **error)
{
	pcap_output_t *output = state;
	bool ok = pcap_dump_flush(output->dumper) == 0;

	if (!ok)
		fail(error, GEN_ERROR_ENVIRONMENT, "%s", g_strerror(errno));
	pcap_dump_close(output->dumper);
	pcap_close(output->pcap);
	g_free(output);
	return ok;
}

const sink_t sink_pcap = {
	.name = "pcap",
	.suffix = ".pcap",
	.open = open_pcap,
	.put = put_pcap,
	.flush = flush_pcap,
	.close = close_pcap,
};

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names inside of NTLM messages, and the release of Windows behind a version.
 */
#include <config.h>

#include "helpers/proxyauth/explain.h"

void explain_ntlm_name(struct explain *explain, const char *name, struct pxa_span value,
                       enum pxa_charset charset)
{
    struct scratch scratch = scratch_open(explain, PXA_UTF8_MAX(value.len));
    struct pxa_written done;

    if (!scratch.at)
        return;
    if (charset == PXA_OTHER_CHARSET)
        charset = pxa_charset_guess(value); /* the client's OEM code page, which nobody names */
    if (pxa_to_utf8(charset, value, scratch.at, scratch.cap, &done) == PXA_OK)
        report_text(explain->report, name, (struct pxa_span){scratch.at, done.len});
    else
        report_text(explain->report, name, value);
    scratch_close(&scratch);
}

/* Builds that are a release. Source: Microsoft's tables of Windows releases. */
static const struct {
    unsigned major, minor, build_low, build_high;
    const char *release;
} releases[] = {
    {5, 0, 2195, 2195, "Windows 2000"},
    {5, 1, 2600, 2600, "Windows XP"},
    {5, 2, 3790, 3790, "Windows Server 2003"},
    {6, 0, 6000, 6003, "Windows Vista or Server 2008"},
    {6, 1, 0, 0, "no Windows: Samba and programs like it say so"},
    {6, 1, 7600, 7601, "Windows 7 or Server 2008 R2"},
    {6, 2, 9200, 9200, "Windows 8 or Server 2012"},
    {6, 3, 9600, 9600, "Windows 8.1 or Server 2012 R2"},
    {10, 0, 10240, 10586, "Windows 10, 2015"},
    {10, 0, 14393, 14393, "Windows 10 1607 or Server 2016"},
    {10, 0, 15063, 17134, "Windows 10, 2017 to 2018"},
    {10, 0, 17763, 17763, "Windows 10 1809 or Server 2019"},
    {10, 0, 18362, 19045, "Windows 10, 2019 to 2022"},
    {10, 0, 20348, 20348, "Windows Server 2022"},
    {10, 0, 22000, 22000, "Windows 11 21H2"},
    {10, 0, 22621, 22621, "Windows 11 22H2"},
    {10, 0, 22631, 22631, "Windows 11 23H2"},
    {10, 0, 26100, 26100, "Windows 11 24H2 or Server 2025"},
};

const char *explain_windows_release(const struct pxa_ntlmssp *message)
{
    for (size_t i = 0; i < sizeof releases / sizeof *releases; i++)
        if (releases[i].major == message->version_major &&
            releases[i].minor == message->version_minor &&
            message->version_build >= releases[i].build_low &&
            message->version_build <= releases[i].build_high)
            return releases[i].release;
    return "";
}

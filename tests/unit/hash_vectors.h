/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Hashes that other programs made, each with the command that made it, and published ones, each
 * with its source. htpasswd of Apache 2.4, openssl 3.0, mkpasswd 5.5 (Debian's package whois),
 * slappasswd 2.5. All of `made_hashes` are of one password, given as a last word of the command (for
 * slappasswd behind -s, for md5sum on standard input).
 */
#ifndef TESTS_UNIT_HASH_VECTORS_H
#define TESTS_UNIT_HASH_VECTORS_H

#include "helpers/passwords/hash.h"

struct hash_vector {
    const char *source;
    enum hash_scheme scheme;
    const char *hash;
    const char *password;
};

/* In UTF-8. */
#define MADE_PASSWORD "pa55 W\xc3\xb6rd"

/* clang-format off */
static const struct hash_vector made_hashes[] = {
    {"htpasswd -nb -m", HASH_APR1,
     "$apr1$SJrkhUE/$oAfmzrHSkpyJsi4rCQL/S/", MADE_PASSWORD},
    {"htpasswd -nb -B", HASH_CRYPT,
     "$2y$05$PfMu.3gCGGIvundG4VYA8eFPdITK/SBG0EyNCYoasmjSZ5hK3UZ12", MADE_PASSWORD},
    {"htpasswd -nb -B -C 4", HASH_CRYPT,
     "$2y$04$G97g5bUlLlb61ntwvtTds.owFn3f1NidZ4GSj7nlrytaZkR2B6rha", MADE_PASSWORD},
    {"htpasswd -nb -2", HASH_CRYPT,
     "$5$KUsCxRFPEOaX2ugh$8/kEcT2WqDcYCz3SS0qUAWC1sqJWWPLXuJxM8Uf.r89", MADE_PASSWORD},
    {"htpasswd -nb -2 -r 1000", HASH_CRYPT,
     "$5$rounds=1000$PuoJ/ZPlIVmVKgG8$M5tCPHj.pV059ZrB4ipqAT16UU0UUCtdubaz/U4vL65", MADE_PASSWORD},
    {"htpasswd -nb -5", HASH_CRYPT,
     "$6$uT6NFBcSqjsWNLIu$3xE5udlBVd.XJsu5tidxVzknpYgtdHVkcjC5DIeYNY2hrhPHWSylOQGcqqNIsJqpcrnJ.mCQtmWyqX94tBGPf/", MADE_PASSWORD},
    {"htpasswd -nb -5 -r 1000", HASH_CRYPT,
     "$6$rounds=1000$JdPx2uUiO0QDWJCj$onDo109cDgmuZfRZedHR7Cj37pXo0ArIUTlxEFSTfmTx208CeqloFOyRpoO2gv10nnVy4fb.fHUE3BA2Te7jx.", MADE_PASSWORD},
    {"htpasswd -nb -s", HASH_SHA,
     "{SHA}bi6sG3WgsTa+NZWJAYPHf+j6Xh0=", MADE_PASSWORD},
    {"openssl passwd -1", HASH_CRYPT,
     "$1$Q83hbbEt$MnaMupsp8v15letJXN4iD0", MADE_PASSWORD},
    {"openssl passwd -5", HASH_CRYPT,
     "$5$MD.bvh/R4YvyuX5Y$D0lKp/FA7N35nEWBO532LbkG80qKIu3STANi3KeEOA0", MADE_PASSWORD},
    {"openssl passwd -6", HASH_CRYPT,
     "$6$U2T0ZakKauvqevYU$hNB5MTLz9.KhjUDeHEJsfrlDsd.3MAE2DwzOrVdWMGvP0Upx3B8Pp.nAnbNtTqWkgkzNjSWCNga0tlhnA3qCE/", MADE_PASSWORD},
    {"openssl passwd -apr1", HASH_APR1,
     "$apr1$fYs9.ebP$u/gE.ZoyTxgRSzOo8rPOG1", MADE_PASSWORD},
    {"mkpasswd -m yescrypt", HASH_CRYPT,
     "$y$j9T$urs38BsJlCrR4P6mKMlsW.$TnlEQmL2szGfyB7dF0Px57PxPTYs2Y9/EceDqPRN76/", MADE_PASSWORD},
    {"mkpasswd -m yescrypt -R 1", HASH_CRYPT,
     "$y$j75$xZoPbQ2NCDWkI1yw9rnSf.$qqda0SavEjzUQqIf9Rl72dCM7q7SxNd0JrikeLgqds7", MADE_PASSWORD},
    {"mkpasswd -m gost-yescrypt", HASH_CRYPT,
     "$gy$j9T$4LZxde4k4DqKFZGIoVkjl/$fDp/zMaEDTo9n7fA0q9x3SK/plLfkYU8v9iZmrzj9X5", MADE_PASSWORD},
    {"mkpasswd -m scrypt", HASH_CRYPT,
     "$7$CU..../....0o1WDXy8oA.uV9x1v9kIm.$wDwNJpetGjlofSFvmZjiMs46vDcV/tkDIuye2q.bUo7", MADE_PASSWORD},
    {"mkpasswd -m bcrypt", HASH_CRYPT,
     "$2b$05$XCgAozyAKerykDsOhsT3/.5qVmGHYsMYcsPK46b/J0WujbFfrbKqe", MADE_PASSWORD},
    {"mkpasswd -m bcrypt -R 4", HASH_CRYPT,
     "$2b$05$Ft2AxTVxHXyBXJ1NexzzjesqXbpcdHsMaVNoAXzBTvWJZpXzh281e", MADE_PASSWORD},
    {"mkpasswd -m bcrypt-a", HASH_CRYPT,
     "$2a$05$sbNfCU6GcFWwi08BgPQeD.bLrGe3FlybKmIUc/BdBgGacYE77456O", MADE_PASSWORD},
    {"mkpasswd -m sha512crypt", HASH_CRYPT,
     "$6$eCDH76jHP/fsujcg$7RggtB/F7kOtpoXyoBzfZntayjQ0QqT91JUPEBlrkMXKx6KoBaUiNpkiqEcrHeXWbY.DiGBioQ5vE3LAz7WK/1", MADE_PASSWORD},
    {"mkpasswd -m sha512crypt -R 1000", HASH_CRYPT,
     "$6$rounds=1000$l3/e8y3GotTm/ZK7$Hp3l3XR74vxk8d/x1Tm2ojNXpQYTQfJRvI0Ar65zi8XpgIjvMKsgNoO89QWOqrkSLfpIXAUkAAXtp7iWEvgi81", MADE_PASSWORD},
    {"mkpasswd -m sha256crypt", HASH_CRYPT,
     "$5$xJnwRaLhg99IPq7W$eaPeF4nSnRfWnX5.dpRd5OCYMlTdPzW23M1zYwd9pWD", MADE_PASSWORD},
    {"mkpasswd -m sha256crypt -R 1000", HASH_CRYPT,
     "$5$rounds=1000$taGIk6nOLKPggagO$HncG9o8hpJvfIcP7p3Gm8FmcPnaIFuYmkoRamDUwD13", MADE_PASSWORD},
    {"mkpasswd -m sunmd5", HASH_CRYPT,
     "$md5,rounds=73153$xxGQMseM$$TJ8zH6GcvuiLX25jH2kVx/", MADE_PASSWORD},
    {"mkpasswd -m md5crypt", HASH_CRYPT,
     "$1$XFE1mPAp$9qJPO/WRJwv5n2VDjcuRa1", MADE_PASSWORD},
    {"mkpasswd -m bsdicrypt", HASH_CRYPT,
     "_J9..pXgqDwmPp8AceoM", MADE_PASSWORD},
    {"mkpasswd -m nt", HASH_CRYPT,
     "$3$$0774b290f95764d79d7c544f235398a7", MADE_PASSWORD},
    {"slappasswd -h {SHA}", HASH_SHA,
     "{SHA}bi6sG3WgsTa+NZWJAYPHf+j6Xh0=", MADE_PASSWORD},
    {"slappasswd -h {SSHA}", HASH_SSHA,
     "{SSHA}BK4q2g0+m389ujwJb8H38DZL2QUZAcZ8", MADE_PASSWORD},
    {"slappasswd -h {MD5}", HASH_MD5,
     "{MD5}v3e+9x6jwu0/hEoY3qwsOA==", MADE_PASSWORD},
    {"slappasswd -h {SMD5}", HASH_SMD5,
     "{SMD5}xy3DmsKEKPHQ7nsiWkcfcRXw7WI=", MADE_PASSWORD},
    {"slappasswd -h {CRYPT}", HASH_DES,
     "{CRYPT}9nrx/BRc/yOOkocM132N3GpQ", MADE_PASSWORD},
    {"slappasswd -o module-load=pw-sha2 -h {SHA256}", HASH_SHA256,
     "{SHA256}F7AGBPqjlnEK6dYy6xhIYM0V8E7uTKdFwEMWlELFvfI=", MADE_PASSWORD},
    {"slappasswd -o module-load=pw-sha2 -h {SSHA256}", HASH_SSHA256,
     "{SSHA256}voddK9mCVuZdRAiau4vAThn4YlBZID5GTxhc9ygIl2GqSrJ38t0IlA==", MADE_PASSWORD},
    {"slappasswd -o module-load=pw-sha2 -h {SHA512}", HASH_SHA512,
     "{SHA512}d7dYhjcEgrAg1ycMxLGMvYg+yyBufkaYpURY+fIk5cupNQUb5LwGxes4j+fj/9coaxsjMs7aRAF7uygmlKMQjw==", MADE_PASSWORD},
    {"slappasswd -o module-load=pw-sha2 -h {SSHA512}", HASH_SSHA512,
     "{SSHA512}JIcSVI4+Qavi6sWAdEMQYmEeL9lKV169RwehfyNJ8Ju3TuNWh/PlWsSv9EDBiy7pF15ACk6JTE8BUHDqioNrfzniZHdChozT", MADE_PASSWORD},
    {"slappasswd -h {CRYPT} -c '$6$%.16s'", HASH_CRYPT,
     "{CRYPT}$6$VEfmzj5c7SPH9OLf$kah5MFaxJ5hTgoowel4pjrqwUqDzEAftfvTFajl9cYJIhPGksntya/e4HKsW0y3j4ZnRprc5kEVVnG5d0krXe0", MADE_PASSWORD},
    {"md5sum", HASH_MD5_HEX,
     "bf77bef71ea3c2ed3f844a18deac2c38", MADE_PASSWORD},
    /* Passwords of 8 bytes at most. */
    {"mkpasswd -m descrypt pa55word", HASH_DES, "muLfq/g/MZYSA", "pa55word"},
    {"mkpasswd -m descrypt x", HASH_DES, "XtnxLFCuvrBU2", "x"},
    {"mkpasswd -m descrypt -S ab 12345678", HASH_DES, "ab1iBa.N.U2C6", "12345678"},
    {"htpasswd -nb -d u pa55word", HASH_DES, "rZC7YVAtM1tQY", "pa55word"},
    {"htpasswd -nb -d u x", HASH_DES, "OE0WaRVuC1X92", "x"},
};

static const struct hash_vector published_hashes[] = {
    /* "Password Formats" of the Apache HTTP Server 2.4. */
    {"Apache, bcrypt", HASH_CRYPT,
     "$2y$05$c4WoMPo3SXsafkva.HHa6uXQZWr7oboPiC2bT/r7q1BB8I2s0BRqC", "myPassword"},
    {"Apache, crypt", HASH_DES, "rqXexS6ZhobKA", "myPasswo"},
    {"Apache, SHA1", HASH_SHA, "{SHA}VBPuJHI7uixaa6LQGWx4s+5GKNE=", "myPassword"},
    {"Apache, MD5", HASH_APR1, "$apr1$r31.....$HqJZimcKQFAMYayBlzkrA/", "myPassword"},
    /* "Unix crypt using SHA-256 and SHA-512", Ulrich Drepper, version 0.6, test vectors. */
    {"Drepper, SHA-256", HASH_CRYPT,
     "$5$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5", "Hello world!"},
    {"Drepper, SHA-512", HASH_CRYPT,
     "$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJuesI68u4OTLiBFdcbYEdFCoEO"
     "faS35inz1", "Hello world!"},
    {"Drepper, SHA-512 with rounds", HASH_CRYPT,
     "$6$rounds=10000$saltstringsaltst$OW1/O6BYHV6BcXZu8QVeXbDWra3Oeqh0sbHbbMCVNSnCM/UrjmM0Dp8vOu"
     "ZeHBy/YTBmSK6H9qs/y3RnOaw5v.", "Hello world!"},
    /* crypt_blowfish of Openwall, the vectors of its wrapper.c. */
    {"Openwall, bcrypt", HASH_CRYPT,
     "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", "U*U"},
    {"Openwall, bcrypt of nothing", HASH_CRYPT,
     "$2a$05$CCCCCCCCCCCCCCCCCCCCC.7uG0VCzI2bS7j6ymqJi9CdcdxiRTWNy", ""},
    /* The manual of passlib, sha1_crypt. */
    {"passlib, SHA-1 of NetBSD", HASH_CRYPT,
     "$sha1$40000$jtNX3nZ2$hBNaIXkt4wBI2o5rsi8KejSjNqIq", "password"},
    /* RFC 1321 A.5. */
    {"RFC 1321", HASH_MD5_HEX, "900150983cd24fb0d6963f7d28e17f72", "abc"},
    {"RFC 1321", HASH_MD5_HEX, "C3FCD3D76192E4007DFB496CCA67E13B", "abcdefghijklmnopqrstuvwxyz"},
};

/* openssl passwd -apr1 -salt SALT PASSWORD; the password is the first `len` characters of
 * "abcdefghijklmnopqrstuvwxyz0123456789" repeated. */
static const struct {
    size_t len;
    const char *hash;
} apr1_hashes[] = {
    {1, "$apr1$00$sO8Chfd/qkv4JBue2Hy.H."},
    {2, "$apr1$000$O5hdgtGHzJcdBx5V4/4Ze."},
    {3, "$apr1$0000$gztd3nJrlvu2goSmlks7Q1"},
    {7, "$apr1$00000007$UU20GkFBIANcbF8jtSq9l."},
    {8, "$apr1$0$8OR8eaMWcji28NpH0Rvas1"},
    {15, "$apr1$00000015$61V1W/QD9IFHhEmYpaM/q1"},
    {16, "$apr1$0$iCYpPrF7t7W7PaPQIq6HY."},
    {17, "$apr1$00$xA8JgHzN6p8zcI2.s7.Ls0"},
    {31, "$apr1$00000031$NiumuqTUflFAAg0HvuDjw/"},
    {32, "$apr1$0$IEf9uihVZ/L3z0yarpafr."},
    {33, "$apr1$00$beBCvUaVlf850GgHFF5j1/"},
    {63, "$apr1$00000063$pVLYYKOGV0e3nn0zYgAvZ."},
    {64, "$apr1$0$qYgY0zGvtbiImBXv8NBEn/"},
    {65, "$apr1$00$0daDgHlwY1i1/Lu38ZxK5."},
    {100, "$apr1$00000$SsYjP/zCUMn5L5RpC/sQH/"},
    {255, "$apr1$00000255$HRwmuI.qI.uj3AAjtW2cN."},
};
/* clang-format on */

#endif

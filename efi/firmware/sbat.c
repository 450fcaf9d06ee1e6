/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The revocation record that Secure Boot's shim asks for: which generation of which component this
 * is. The first line is the format's own.
 */
__attribute__((section(".sbat"), used)) const char sbat[] =
    "sbat,1,SBAT Version,sbat,1,https://github.com/rhboot/shim/blob/main/SBAT.md\n"
    "hoist,1,Hoist,hoist,0.1.0,https://example.invalid/hoist\n";

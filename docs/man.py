#!/usr/bin/env python3
"""Makes the man pages: man.py OCI FOLDER writes FOLDER/oci.1 and one oci-VERB.1 a verb.

A page's description is docs/commands/VERB.md (paragraphs, "## headings", indented examples, `code`); its synopsis, options
and example are what `oci VERB --help` prints, so they cannot differ from the program."""
import os
import re
import subprocess
import sys
import time

DATE = time.strftime("%Y-%m-%d", time.gmtime(int(os.environ.get("SOURCE_DATE_EPOCH", time.time()))))
PAGES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "commands")


def roff(text):
    """Plain text as roff: nothing in it is a request; `code` becomes bold."""
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq")
    text = re.sub(r"`([^`]+)`", r"\\fB\1\\fR", text)
    return re.sub(r"^\.", r"\\&.", text, flags=re.M)


def from_markdown(text):
    out, paragraph, listing = [], [], []

    def flush():
        nonlocal paragraph, listing
        if (paragraph or listing) and out and not out[-1].startswith(".SH"):
            out.append(".PP")
        if paragraph:
            out.append(roff(" ".join(paragraph)))
        if listing:
            out.extend([".RS 4", ".nf", roff("\n".join(listing)), ".fi", ".RE"])
        paragraph, listing = [], []

    for line in text.splitlines():
        if line.startswith("## "):
            flush()
            out.append(".SH " + roff(line[3:]).upper())
        elif line.startswith("    "):
            if paragraph:
                flush()
            listing.append(line[4:])
        elif not line.strip():
            flush()
        else:
            if listing:
                flush()
            paragraph.append(line.strip())
    flush()
    return out


def run_help(oci, *verb):
    return subprocess.run([oci, *verb, "--help"], check=True, capture_output=True, text=True).stdout


def sections(help_text):
    """{"usage": …, "summary": …, "Options": […], "Example": […]}"""
    usage, _, rest = help_text.partition("\n\n")
    found = {"usage": usage.removeprefix("usage: "), "summary": rest.partition("\n")[0]}
    title = None
    for line in rest.splitlines()[1:]:
        if line.endswith(":") and not line.startswith(" "):
            title = line[:-1]
            found[title] = []
        elif title and line.strip():
            found[title].append(line.strip())
    return found


def options(lines):
    out = []
    for line in lines:
        flags, _, text = line.partition("  ")
        out += [".TP", "\\fB" + roff(flags) + "\\fR", roff(text.strip())]
    return out


def verb_page(oci, verb):
    found = sections(run_help(oci, verb))
    with open(os.path.join(PAGES, verb + ".md"), encoding="utf-8") as file:
        title, _, text = file.read().partition("\n")
    if title != "# oci " + verb:
        sys.exit(f"docs/commands/{verb}.md: the first line is not '# oci {verb}'")
    page = [f'.TH "OCI\\-{roff(verb).upper()}" 1 "{DATE}" "oci"', ".SH NAME",
            roff(f"oci-{verb}") + " \\- " + roff(found["summary"]), ".SH SYNOPSIS", roff(found["usage"]), ".SH DESCRIPTION"]
    page += from_markdown(text.strip())
    if found.get("Options"):
        page += [".SH OPTIONS"] + options(found["Options"])
    page += [".SH EXAMPLE", ".nf"] + [roff(line) for line in found["Example"]] + [".fi", ".SH SEE ALSO", ".BR oci (1)"]
    return "\n".join(page) + "\n"


def main_page(oci, verbs):
    text = run_help(oci)
    page = [f'.TH "OCI" 1 "{DATE}" "oci"', ".SH NAME", "oci \\- fetch container images, unpack them into bundles, run bundles",
            ".SH SYNOPSIS", roff("oci [OPTIONS] COMMAND [ARGUMENTS]"), ".SH COMMANDS"]
    for verb, summary in verbs:
        page += [".TP", f"\\fBoci\\-{roff(verb)}\\fR(1)", roff(summary)]
    page += [".SH OPTIONS"] + options(next(v for k, v in sections(text).items() if k.startswith("Options")))
    page += [".SH EXAMPLE", ".nf", roff("oci pull alpine && oci unpack && oci run"), ".fi"]
    return "\n".join(page) + "\n"


def main():
    oci, folder = sys.argv[1:]
    verbs = re.findall(r"^  ([a-z][a-z-]*) {2,}([a-z].*)$", run_help(oci), flags=re.M)
    os.makedirs(folder, exist_ok=True)
    for name, text in [("oci", main_page(oci, verbs))] + [(f"oci-{verb}", verb_page(oci, verb)) for verb, _ in verbs]:
        with open(os.path.join(folder, name + ".1"), "w", encoding="utf-8") as file:
            file.write(text)


main()

#include "cli/verbs.h"

#include <array>

namespace oci::cli {

namespace {

constexpr std::array table{
    VerbEntry{"pull", "", Program::image, Group::images, "IMAGE",
              "fetch an image from a registry, layout or archive into the store", "oci pull alpine"},
    VerbEntry{"push", "", Program::image, Group::images, "IMAGE [DST]", "send an image of the store to a registry",
              "oci push alpine registry.example/team/alpine:3"},
    VerbEntry{"copy", "", Program::image, Group::images, "SRC... DST", "copy images from anywhere to anywhere",
              "oci copy docker://alpine oci-archive:alpine.tar"},
    VerbEntry{"inspect", "", Program::image, Group::images, "IMAGE", "show an image where it is, without fetching it",
              "oci inspect docker://alpine"},
    VerbEntry{"sync", "", Program::image, Group::images, "--src WHAT --dest WHAT SRC DST",
              "copy many images, and only those that are missing",
              "oci sync --src docker --dest dir docker.io/library/alpine /srv/images"},
    VerbEntry{"tags", "", Program::image, Group::images, "REPOSITORY", "list the tags of a repository",
              "oci tags docker.io/library/alpine"},
    VerbEntry{"digest", "", Program::image, Group::images, "IMAGE", "print the digest an image's name stands for",
              "oci digest alpine"},
    VerbEntry{"login", "", Program::image, Group::images, "REGISTRY", "log in to a registry",
              "oci login -u me --password-stdin registry.example"},
    VerbEntry{"logout", "", Program::image, Group::images, "REGISTRY", "forget the credentials of a registry",
              "oci logout registry.example"},
    VerbEntry{"images", "", Program::image, Group::store, "", "list the images of the store", "oci images"},
    VerbEntry{"tag", "", Program::image, Group::store, "IMAGE NAME...", "give an image of the store further names",
              "oci tag alpine mine:1"},
    VerbEntry{"rmi", "", Program::image, Group::store, "IMAGE...", "remove images from the store", "oci rmi alpine"},
    VerbEntry{"gc", "", Program::image, Group::store, "", "remove from the store what nothing leads to any more",
              "oci gc --dry-run"},
    VerbEntry{"verify", "", Program::image, Group::store, "[IMAGE | LAYOUT | ARCHIVE]",
              "compute every digest, size and diff_id again, and say what is wrong", "oci verify"},
    VerbEntry{"init", "", Program::image, Group::layouts, "--layout DIR", "make an empty image layout",
              "oci init --layout ./images"},
    VerbEntry{"new", "", Program::image, Group::layouts, "NAME | --image DIR[:TAG]", "make an image of nothing",
              "oci new mine"},
    VerbEntry{"config", "", Program::image, Group::layouts, "NAME | --image DIR[:TAG]",
              "change an image's configuration", "oci config alpine --tag mine --config.cmd sh"},
    VerbEntry{"export", "", Program::image, Group::store, "IMAGE [FILE]", "write an image's root file system as a tar",
              "oci export alpine | tar t"},
    VerbEntry{"diff", "", Program::image, Group::store, "BUNDLE | BUNDLE|IMAGE BUNDLE|IMAGE",
              "show what is different between bundles or images", "oci diff ./bundle"},
    VerbEntry{"repack", "", Program::image, Group::layouts, "NAME [BUNDLE] | --image DIR[:TAG] BUNDLE",
              "make a layer of what changed in a bundle", "oci repack mine ./bundle"},
    VerbEntry{"insert", "", Program::image, Group::layouts, "NAME SOURCE TARGET | --image DIR[:TAG] SOURCE TARGET",
              "add a file or folder to an image", "oci insert alpine --tag mine ./tool /usr/bin/tool"},
    VerbEntry{"stat", "", Program::image, Group::layouts, "NAME | --image DIR[:TAG]",
              "show an image's manifest, configuration and history", "oci stat --json alpine"},
    VerbEntry{"unpack", "", Program::image, Group::bundles, "[IMAGE [BUNDLE]] [-- COMMAND...]",
              "make a bundle from an image: rootfs and config.json", "oci unpack alpine ./bundle"},
    VerbEntry{"spec", "", Program::oci, Group::bundles, "[IMAGE | BUNDLE] [-- COMMAND...]",
              "write a config.json: a template, or from an image or bundle and options",
              "oci spec alpine -e A=1 --explain"},
    VerbEntry{"validate", "", Program::oci, Group::bundles, "[BUNDLE | FILE]",
              "say everything that is wrong with a config.json", "oci validate --host ./bundle"},
    VerbEntry{"run", "", Program::oci, Group::containers, "[IMAGE [COMMAND...]] | [-b BUNDLE] ID",
              "run a bundle, or an image in one go", "oci run alpine echo hello"},
    VerbEntry{"create", "", Program::oci, Group::containers, "ID", "make a container from a bundle, ready to start",
              "oci create -b bundle c1"},
    VerbEntry{"start", "", Program::oci, Group::containers, "ID", "start the program of a created container",
              "oci start c1"},
    VerbEntry{"exec", "", Program::oci, Group::containers, "ID COMMAND... | -p PROCESS ID",
              "run one more program in a container", "oci exec -t c1 sh", 255},
    VerbEntry{"state", "", Program::oci, Group::containers, "ID", "print a container's state as JSON", "oci state c1"},
    VerbEntry{"kill", "", Program::oci, Group::containers, "ID [SIGNAL]",
              "send a signal (default SIGTERM) to a container", "oci kill c1 KILL"},
    VerbEntry{"delete", "", Program::oci, Group::containers, "ID... | docker://IMAGE",
              "remove what is left of a stopped container, or an image from its registry", "oci delete --force c1"},
    VerbEntry{"list", "", Program::oci, Group::containers, "", "list containers", "oci list"},
    VerbEntry{"ps", "", Program::oci, Group::containers, "[ID [PS-OPTION...]]",
              "list the processes of a container, or all containers", "oci ps c1"},
    VerbEntry{"pause", "", Program::oci, Group::containers, "ID", "freeze every process of a container",
              "oci pause c1"},
    VerbEntry{"resume", "", Program::oci, Group::containers, "ID", "let a paused container run on", "oci resume c1"},
    VerbEntry{"update", "", Program::oci, Group::containers, "ID", "change the limits of a container",
              "oci update --memory 512m --pids-limit 100 c1"},
    VerbEntry{"events", "", Program::oci, Group::containers, "ID", "print statistics and out-of-memory notices as JSON",
              "oci events --stats c1"},
    VerbEntry{"features", "", Program::oci, Group::containers, "", "print what this runtime can do, as JSON",
              "oci features"},
    VerbEntry{"info", "", Program::image, Group::comfort, "",
              "show what this machine offers containers, where things are, and what use without root lacks",
              "oci info"},
    VerbEntry{"completion", "", Program::oci, Group::comfort, "SHELL",
              "print what makes bash, zsh or fish complete our command lines", "oci completion bash >>~/.bashrc"},
};

} // namespace

std::span<const VerbEntry> verb_table() { return table; }

const VerbEntry* find_verb(std::string_view name) {
  for (const VerbEntry& entry : table)
    if (entry.name == name || (!entry.alias.empty() && entry.alias == name)) return &entry;
  return nullptr;
}

} // namespace oci::cli

// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "completion.hpp"

#include <algorithm>
#include <set>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace junctor {
namespace {

/// What can stand behind the commands `path`, such as " bench rpc".
struct place {
    std::string path;
    std::string words;
};

/// What shells need to know of the whole command line.
struct table {
    std::vector<place> places;
    std::set<std::string> with_value; ///< Options that are followed by something.
};

std::vector<const CLI::App*> commands_of(const CLI::App& app)
{
    auto commands = app.get_subcommands([](const CLI::App*) { return true; });
    std::erase_if(commands, [](const CLI::App* each) { return each->get_name() == "completion"; });
    return commands;
}

/// The names of an option as they are typed.
std::vector<std::string> names_of(const CLI::Option& option)
{
    std::vector<std::string> names;
    for (const auto& name : option.get_lnames())
        names.push_back("--" + name);
    for (const auto& name : option.get_snames())
        names.push_back("-" + name);
    return names;
}

void add_options(const CLI::App& app, std::string& words, table& to)
{
    for (const auto* const option : app.get_options()) {
        for (const auto& name : names_of(*option)) {
            words += words.empty() ? name : " " + name;
            if (option->get_expected_max() != 0)
                to.with_value.insert(name);
        }
    }
}

void add_place(const CLI::App& app, const std::string& path, table& to)
{
    std::string words;
    for (const auto* const command : commands_of(app))
        words += (words.empty() ? "" : " ") + command->get_name();
    for (const auto* from = &app; from != nullptr; from = from->get_fallthrough() ? from->get_parent() : nullptr)
        add_options(*from, words, to);
    to.places.push_back({path, words});
    for (const auto* const command : commands_of(app))
        add_place(*command, path + " " + command->get_name(), to);
}

/// The part that both shells understand: from the words before the cursor to those that can be there.
std::string cases_of(const table& known)
{
    std::string paths;
    std::string words;
    for (const auto& each : known.places) {
        if (!each.path.empty())
            paths += fmt::format("{}'{}'", paths.empty() ? "" : "|", each.path);
        words += fmt::format("        '{}') known='{}' ;;\n", each.path, each.words);
    }
    std::string with_value;
    for (const auto& each : known.with_value)
        with_value += (with_value.empty() ? "" : "|") + each;
    return fmt::format("    for word in \"${{before[@]}}\"; do\n"
                       "        case \"$place $word\" in\n"
                       "        {}) place=\"$place $word\" ;;\n"
                       "        esac\n"
                       "        last=$word\n"
                       "    done\n"
                       "    case \"$last\" in\n"
                       "        {}) place=value ;;\n"
                       "    esac\n"
                       "    case \"$place\" in\n"
                       "{}    esac\n",
                       paths, with_value, words);
}

constexpr auto bash_head = "# Completion of junctor for bash: source this file.\n"
                           "_junctor() {\n"
                           "    local before=(\"${COMP_WORDS[@]:1:COMP_CWORD-1}\")\n"
                           "    local place= known= last= word\n";
constexpr auto bash_tail = "    COMPREPLY=($(compgen -W \"$known\" -- \"${COMP_WORDS[COMP_CWORD]}\"))\n"
                           "}\n"
                           "complete -o default -F _junctor junctor\n";

constexpr auto zsh_head = "#compdef junctor\n"
                          "# Completion of junctor for zsh: source this file, or have it as _junctor in $fpath.\n"
                          "_junctor() {\n"
                          "    local -a before=(\"${(@)words[2,CURRENT-1]}\")\n"
                          "    local place= known= last= word\n";
constexpr auto zsh_tail = "    compadd -- ${=known}\n"
                          "    [[ -z $known || $PREFIX != -* ]] && _files\n"
                          "    return 0\n"
                          "}\n"
                          "if [[ $funcstack[1] == _junctor ]]; then\n"
                          "    _junctor \"$@\"\n"
                          "else\n"
                          "    compdef _junctor junctor\n"
                          "fi\n";

} // namespace

std::string completion_script(const CLI::App& app, shell of)
{
    table known;
    add_place(app, "", known);
    const auto cases = cases_of(known);
    return of == shell::bash ? bash_head + cases + bash_tail : zsh_head + cases + zsh_tail;
}

} // namespace junctor

#!/usr/bin/env bash
# An OCS Inventory NG server of its own, for tests: Debian's packages, a database and a web server that nobody else uses,
# on 127.0.0.1, with everything they write below one folder.
#
#     tools/servers/ocs.sh start DIR     installs what is missing (root), starts it, writes DIR/env
#     tools/servers/ocs.sh stop DIR
#
# OCS_USERAGENTS names agents that it hears besides its own and FusionInventory's, e.g. Airlock_v0.1.0.
# DIR/env has OCS_URL, and OCS_SQL: a command that takes SQL on its standard input.
set -euo pipefail

PACKAGES=(ocsinventory-server apache2 libapache2-mod-perl2 mariadb-server curl)

fail() { echo "ocs: $*" >&2; exit 1; }

# Services that packages would start are not: they would be the machine's, not ours.
install_packages() {
    local missing=()
    for package in "${PACKAGES[@]}"; do
        dpkg-query --show --showformat='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
    done
    [ ${#missing[@]} -eq 0 ] && return
    [ "$(id -u)" = 0 ] || fail "not installed: ${missing[*]}; root can install them"
    local guard=/usr/sbin/policy-rc.d
    if [ ! -e $guard ]; then
        printf '#!/bin/sh\nexit 101\n' > $guard
        chmod +x $guard
        trap "rm -f $guard" EXIT
    fi
    DEBIAN_FRONTEND=noninteractive apt-get install --yes --quiet --no-install-recommends "${missing[@]}" >&2
}

# The tables come with the console's package, which is not needed otherwise.
fetch_tables() {
    local files=usr/share/ocsinventory-reports/files
    mkdir -p "$dir/console"
    (cd "$dir/console" && apt-get download --quiet ocsinventory-reports >&2 && dpkg-deb --extract ./*.deb .) \
        || fail "the tables (package ocsinventory-reports) cannot be had"
    sql=$dir/console/$files
}

free_port() {
    perl -MIO::Socket::INET -e 'print IO::Socket::INET->new(Listen => 1, LocalAddr => "127.0.0.1")->sockport'
}

wait_for() {
    for _ in $(seq 150); do
        "$@" >/dev/null 2>&1 && return
        sleep 0.2
    done
    fail "it does not come up: $*"
}

start_database() {
    local data=$dir/database
    mkdir -p "$data"
    [ "$(id -u)" != 0 ] || chown mysql "$data" "$dir"
    local owner=$( [ "$(id -u)" = 0 ] && echo mysql || id -un )
    mariadb-install-db --no-defaults --user="$owner" --datadir="$data" --auth-root-authentication-method=normal \
        --skip-test-db >"$dir/install-db.log" 2>&1 || fail "no database: $dir/install-db.log"
    db_port=$(free_port)
    mariadbd --no-defaults --user="$owner" --datadir="$data" --socket="$dir/db.sock" --pid-file="$dir/db.pid" \
        --bind-address=127.0.0.1 --port="$db_port" --character-set-server=utf8mb4 >"$dir/database.log" 2>&1 &
    wait_for mariadb-admin --no-defaults --user=root --socket="$dir/db.sock" ping
    mysql=(mariadb --no-defaults --user=root --socket="$dir/db.sock" --default-character-set=utf8mb4)
    "${mysql[@]}" <<SQL
CREATE DATABASE ocsweb CHARACTER SET utf8mb4;
CREATE USER 'ocs'@'127.0.0.1' IDENTIFIED BY 'ocs';
GRANT ALL ON ocsweb.* TO 'ocs'@'127.0.0.1';
SQL
    "${mysql[@]}" ocsweb < "$sql/ocsbase.sql" >>"$dir/tables.log" 2>&1 || fail "its tables: $dir/tables.log"
    # The console's later steps are left out: Debian's server is older than its console, and knows the tables as they began.
}

start_web() {
    web_port=$(free_port)
    mkdir -p "$dir/web" "$dir/ocs-log"
    [ "$(id -u)" != 0 ] || chown -R www-data "$dir/web" "$dir/ocs-log"
    # The server names the agents that it hears, each with its version, a line each.
    printf '%s\n' FusionInventory-Agent_v2.6-3 ${OCS_USERAGENTS:-} > "$dir/useragents"
    sed -e "s|OCS_DB_HOST .*|OCS_DB_HOST 127.0.0.1|" -e "s|OCS_DB_PORT .*|OCS_DB_PORT $db_port|" \
        -e "s|/var/log/ocsinventory-server/|$dir/ocs-log/|" -e "s|/etc/ocsinventory/extra_useragents|$dir/useragents|" \
        -e '/PerlModule Apache::Ocsinventory::SOAP/,/<\/location>/d' \
        /etc/apache2/conf-available/ocsinventory-server.conf > "$dir/ocs.conf"
    cat > "$dir/apache.conf" <<CONF
ServerRoot "$dir/web"
ServerName 127.0.0.1
Listen 127.0.0.1:$web_port
PidFile "$dir/web.pid"
Mutex file:$dir/web default
ErrorLog "$dir/web.log"
User $( [ "$(id -u)" = 0 ] && echo www-data || id -un )
Group $( [ "$(id -u)" = 0 ] && echo www-data || id -gn )
LoadModule mpm_prefork_module /usr/lib/apache2/modules/mod_mpm_prefork.so
LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
LoadModule perl_module /usr/lib/apache2/modules/mod_perl.so
StartServers 2
Include "$dir/ocs.conf"
CONF
    chmod 755 "$dir"
    apache2 -f "$dir/apache.conf" -k start >"$dir/apache.out" 2>&1 || fail "no web server: $(tail -3 "$dir/apache.out" "$dir/web.log" 2>/dev/null)"
    wait_for curl --silent --output /dev/null "http://127.0.0.1:$web_port/ocsinventory"
}

case "${1:-} ${2:-}" in
"start "?*)
    mkdir -p "$2"
    dir=$(cd "$2" && pwd)
    install_packages
    fetch_tables
    start_database
    start_web
    {
        echo "OCS_URL=http://127.0.0.1:$web_port/ocsinventory"
        echo "OCS_SQL=mariadb --no-defaults --user=root --socket=$dir/db.sock --default-character-set=utf8mb4 --batch --skip-column-names --raw ocsweb"
    } > "$dir/env"
    cat "$dir/env"
    ;;
"stop "?*)
    dir=$(cd "$2" && pwd)
    for pid in "$dir/web.pid" "$dir/db.pid"; do
        [ ! -e "$pid" ] || kill "$(cat "$pid")" || true
    done
    ;;
*)
    sed -n '2,10s/^# \{0,1\}//p' "$0"
    exit 2
    ;;
esac

#!/bin/sh
# Takes the bundles of the documentation pages out of their npm packages, packed: the same versions
# give the same bytes. Usage: ./update.sh <swagger-ui-dist version> <redoc version>
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm pack --silent "swagger-ui-dist@$1" "redoc@$2" >/dev/null
mkdir swagger-ui redoc
tar -xzf swagger-ui-dist-*.tgz -C swagger-ui --strip-components=1
tar -xzf redoc-*.tgz -C redoc --strip-components=1

# The source maps are not shipped; without these lines browsers do not ask for them.
pack() {
    sed -e '${/^\/[/*]# sourceMappingURL=/d}' "$1" | gzip -9 -n >"$2"
}
pack swagger-ui/swagger-ui-bundle.js "$here/swagger-ui/swagger-ui-bundle.js.gz"
pack swagger-ui/swagger-ui.css "$here/swagger-ui/swagger-ui.css.gz"
cp swagger-ui/LICENSE swagger-ui/NOTICE "$here/swagger-ui/"
cp swagger-ui/swagger-ui-bundle.js.LICENSE.txt "$here/swagger-ui/THIRD-PARTY.txt"

# The one image that ReDoc would fetch from another host; without it the image hides itself.
sed -i 's|https://cdn\.redoc\.ly/redoc/logo-mini\.svg|data:,|' redoc/bundles/redoc.standalone.js
pack redoc/bundles/redoc.standalone.js "$here/redoc/redoc.standalone.js.gz"
cp redoc/LICENSE "$here/redoc/"
cat redoc/bundles/redoc.standalone.js.LICENSE.txt redoc/bundles/*.worker.js.LICENSE.txt >"$here/redoc/THIRD-PARTY.txt"

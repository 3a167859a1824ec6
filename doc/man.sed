# What asciidoctor writes for groff alone goes from a manual page, so that every reader of manual pages takes it without a
# complaint (mandoc -T lint): macros of www.tmac, and space before the first paragraph of a section.
/^\.if \\n\[\.g\] \\{\\$/,/^\.\\}$/d
/^\.S[HS] /{
	:section
	n
	/^\.S[HS] /b section
	/^\.sp$/d
}

from lachan.web.cli import main

main()
